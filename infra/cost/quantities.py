"""The monthly cost of an example's resources, item by item, for a share of the hours awake.

Each item is a label and a function of that share, from 0 to 1. An unknown type of resource is an error, so that none
that costs money is left out.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from resources import Resource

Cost = Callable[[float], float]


@dataclass
class Item:
    label: str
    cost: Cost
    # A cost of Reveille itself, which an environment that is always on does not have.
    reveille: bool = False


# Free, or billed only by use, which no plan contains: requests, objects, messages, transferred data.
FREE = re.compile(
    r"aws_(iam_|lb_|vpc_security_group_|security_group|default_security_group|route|subnet|internet_gateway|vpc$|"
    r"s3_|sqs_|sns_|cloudwatch_event_|cloudwatch_log_group|cloudwatch_log_resource_policy|lambda_permission|"
    r"lambda_function_event_invoke_config|db_subnet_group|db_parameter_group|rds_cluster_parameter_group|"
    r"elasticache_(user|subnet_group|parameter_group)|efs_(access_point|mount_target|file_system_policy)|"
    r"ecs_cluster_capacity_providers|ecr_(lifecycle|repository_policy)|kms_alias|kms_key_policy|appautoscaling_(target|scheduled)|"
    r"service_discovery_service|apigatewayv2_|codedeploy_|scheduler_schedule_group|secretsmanager_secret_(version|policy|rotation)|route53_record|"
    r"ec2_tag|eip_association)|terraform_data|time_|random_|local_"
)
COUNTED = {
    "aws_cloudwatch_dashboard", "aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm", "aws_appautoscaling_policy",
    "aws_db_instance", "aws_ecr_repository", "aws_ecs_cluster", "aws_ecs_service", "aws_ecs_task_definition",
    "aws_efs_backup_policy", "aws_efs_file_system", "aws_eip", "aws_elasticache_replication_group", "aws_flow_log",
    "aws_kms_key", "aws_lambda_function", "aws_lb", "aws_nat_gateway", "aws_rds_cluster", "aws_rds_cluster_instance",
    "aws_scheduler_schedule", "aws_secretsmanager_secret", "aws_service_discovery_private_dns_namespace", "aws_vpc_endpoint",
}


class Example:
    """One example's resources, with the prices and the assumptions about it."""

    def __init__(self, name: str, resources: list[Resource], settings: dict, prices: dict):
        self.name, self.resources, self.settings, self.prices = name, resources, settings, prices
        self.assumed = prices["assumed"] | settings
        self.hours = prices["hours_a_month"]
        for resource in resources:
            if resource.type not in COUNTED and not FREE.match(resource.type):
                raise SystemExit(f"{name}: infra/cost/quantities.py does not know what {resource.type} costs")
        function = next(iter(self.of("aws_lambda_function")), None)
        config = function and function.block("environment").get("variables", {}).get("WAKER_CONFIG")
        self.config = (json.loads(config) if isinstance(config, str) else config) or {"environments": []}
        self.tasks = list(self.running())
        processors = {task.block("runtime_platform").get("cpu_architecture") for task, _, _ in self.tasks}
        if function:
            processors.add(function.get("architectures")[0].upper())
        if len(processors) > 1:
            raise SystemExit(f"{name}: tasks and function are for {' and '.join(sorted(processors))}")
        self.processor = processors.pop()

    def of(self, type_: str) -> list[Resource]:
        return [one for one in self.resources if one.type == type_]

    def running(self) -> Iterator[tuple[Resource, int, bool]]:
        """Each task definition that runs while awake, how often, and whether its tasks have public addresses."""
        definitions = {one.module: one for one in self.of("aws_ecs_task_definition")}
        counts = {
            service["service"]: service.get("count", 1)
            for environment in self.config["environments"]
            for service in environment["services"]
        }
        mapped = self.settings.get("tasks", {})
        for service in self.of("aws_ecs_service"):
            if service.module not in mapped:
                raise SystemExit(f"{self.name}: infra/cost/examples.toml does not say what {service.module} runs")
            public = service.block("network_configuration").get("assign_public_ip", False)
            yield definitions[mapped[service.module]], counts.get(service.get("name"), 1), public
        for module in self.settings.get("runs", []):
            yield definitions[module], 1, False

    def items(self) -> list[Item]:
        return [item for kind in (
            self.fargate, self.aurora, self.rds, self.redis, self.files, self.load_balancer, self.network,
            self.secrets, self.zones, self.images, self.insights, self.alarms, self.logs, self.waker,
        ) for item in kind()]

    def fargate(self) -> Iterator[Item]:
        price = self.prices["fargate"]
        for task, count, _ in self.tasks:
            vcpu, gb = int(task.get("cpu")) / 1024, int(task.get("memory")) / 1024
            of = price[task.block("runtime_platform").get("cpu_architecture")]
            storage = task.block("ephemeral_storage")
            extra = max(storage.get("size_in_gib") - 20, 0) if storage else 0
            hour = count * (vcpu * of["vcpu_hour"] + gb * of["gb_hour"] + extra * price["storage_gb_hour"])
            tasks = "" if count == 1 else f"{count} tasks, each "
            more = f" and {extra + 20} GiB of storage" if extra else ""
            label = f"Fargate ({self.processor}), `{task.get('family')}`: {tasks}{vcpu:g} vCPU, {gb:g} GB{more}"
            yield Item(label, lambda awake, hour=hour: awake * self.hours * hour)
        public = sum(count for _, count, public in self.tasks if public)
        if public:
            hour = public * self.prices["network"]["public_ipv4_hour"]
            yield Item(f"public addresses of tasks, {public}", lambda awake: awake * self.hours * hour)

    def stops(self, database: Resource, kind: str) -> bool:
        """Whether the waker stops it, according to its configuration."""
        named = [one["database"] for one in self.config["environments"] if "database" in one]
        return any(one["kind"] == kind and one.get("stop_when_idle", False) for one in named)

    def aurora(self) -> Iterator[Item]:
        price = self.prices["aurora"]
        for cluster in self.of("aws_rds_cluster"):
            capacity = cluster.block("serverlessv2_scaling_configuration")
            least = float(capacity.get("min_capacity"))
            members = len([one for one in self.of("aws_rds_cluster_instance") if one.module == cluster.module])
            awake = max(least, self.assumed["acu_awake"]) * members
            asleep = 0 if self.stops(cluster, "aurora") else least * members
            yield Item(
                f"Aurora, {awake:g} ACU" + (f", {asleep:g} asleep" if asleep else ", paused asleep"),
                lambda share: self.hours * price["acu_hour"] * (share * awake + (1 - share) * asleep),
            )
            yield self.always(f"Aurora, {self.assumed['aurora_gib']} GiB", self.assumed["aurora_gib"] * price["gib_month"])

    def rds(self) -> Iterator[Item]:
        price = self.prices["rds"]
        for database in self.of("aws_db_instance"):
            zones = 2 if database.get("multi_az", False) else 1
            kind = database.get("instance_class")
            hour = zones * price["instance_hour"][kind]
            stops = self.stops(database, "instance")
            yield Item(
                f"RDS, {kind}" + (", Multi-AZ" if zones == 2 else "") + (", stopped asleep" if stops else ""),
                lambda awake: self.hours * hour * (awake if stops else 1),
            )
            size = database.get("allocated_storage")
            yield self.always(f"RDS, {size} GiB of gp3", zones * size * price["gp3_gib_month"])

    def redis(self) -> Iterator[Item]:
        for cache in self.of("aws_elasticache_replication_group"):
            engine, kind = cache.get("engine", "redis"), cache.get("node_type")
            nodes = cache.get("num_cache_clusters", 1)
            hour = self.prices["elasticache"][f"{engine}_node_hour"][kind]
            name = {"redis": "Redis", "valkey": "Valkey"}[engine]
            yield self.always(f"{name}, {nodes} {kind}", nodes * hour * self.hours)

    def files(self) -> Iterator[Item]:
        price, size = self.prices["efs"], self.assumed["efs_gib"]
        for files in self.of("aws_efs_file_system"):
            yield self.always(f"EFS, {size} GiB", size * price["standard_gib_month"])
            if files.get("throughput_mode") == "provisioned":
                mibps = files.get("provisioned_throughput_in_mibps")
                yield self.always(f"EFS, {mibps:g} MiB/s provisioned", mibps * price["provisioned_mibps_month"])
        backups = [one for one in self.of("aws_efs_backup_policy") if one.block("backup_policy").get("status") == "ENABLED"]
        if backups:
            yield self.always(f"EFS, backups of {size} GiB", len(backups) * size * price["backup_gib_month"])

    def load_balancer(self) -> Iterator[Item]:
        for one in self.of("aws_lb"):
            yield self.always("load balancer, without its capacity units", self.hours * self.prices["load_balancer"]["hour"])
            if not one.get("internal", False):
                zones = len(one.get("subnets"))
                cost = zones * self.hours * self.prices["network"]["public_ipv4_hour"]
                yield self.always(f"its public addresses, one in each of {zones} zones", cost)

    def network(self) -> Iterator[Item]:
        price = self.prices["network"]
        gateways, addresses = len(self.of("aws_nat_gateway")), len(self.of("aws_eip"))
        if gateways or addresses:
            hour = gateways * price["nat_gateway_hour"] + addresses * price["public_ipv4_hour"]
            yield self.always(f"NAT, {gateways} with {addresses} address, without what it moves", hour * self.hours)
        inside = [one for one in self.of("aws_vpc_endpoint") if one.get("vpc_endpoint_type") == "Interface"]
        if inside:
            zones = sum(len(one.get("subnet_ids")) for one in inside)
            yield self.always(f"interface endpoints, {len(inside)}", zones * price["interface_endpoint_hour"] * self.hours)

    def secrets(self) -> Iterator[Item]:
        # The secrets that tasks read, those of the user included: named in the task or in its policy.
        named = [task.get("container_definitions") for task in self.of("aws_ecs_task_definition")]
        named += [policy.get("policy") for policy in self.of("aws_iam_role_policy")]
        read = {found.split(":")[0] for one in named for found in re.findall(r":secret:([^\"'#* ]+)", json.dumps(one))}
        kept = len(read) + sum(1 for one in self.of("aws_secretsmanager_secret") if not self.is_read(one, read))
        if kept:
            yield self.always(f"secrets, {kept}", kept * self.prices["secrets_manager"]["secret_month"])
        keys = len(self.of("aws_kms_key"))
        if keys:
            yield self.always(f"KMS keys, {keys}", keys * self.prices["kms"]["key_month"])

    @staticmethod
    def is_read(secret: Resource, read: set[str]) -> bool:
        arn = str(secret.get("arn", ""))
        return arn.rpartition(":secret:")[2] in read

    def zones(self) -> Iterator[Item]:
        zones = len(self.of("aws_service_discovery_private_dns_namespace"))
        if zones:
            yield self.always("private DNS zone for service discovery", zones * self.prices["route53"]["zone_month"])

    def images(self) -> Iterator[Item]:
        repositories = len(self.of("aws_ecr_repository"))
        if repositories:
            size = self.assumed["ecr_gb"]
            yield self.always(f"images in ECR, {size} GB", repositories * size * self.prices["ecr"]["gb_month"])

    def insights(self) -> Iterator[Item]:
        metric = self.prices["cloudwatch"]["custom_metric_month"]
        number = self.prices["container_insights"]
        on = [
            cluster for cluster in self.of("aws_ecs_cluster")
            if any(one.get("name") == "containerInsights" and one.get("value") != "disabled" for one in cluster.blocks.get("setting", []))
        ]
        if on:
            services = len(self.of("aws_ecs_service"))
            when = {
                state: number["cluster"][state] + services * number["service"][state] + len(self.tasks) * number["task_family"][state]
                for state in ("awake", "asleep")
            }
            yield Item(
                f"Container Insights, {when['awake']} metrics awake and {when['asleep']} asleep",
                lambda share: metric * (share * when["awake"] + (1 - share) * when["asleep"]),
            )

    def alarms(self) -> Iterator[Item]:
        price = self.prices["cloudwatch"]
        for reveille in (False, True):
            # An alarm is billed by its metrics.
            metrics = sum(
                len([query for query in one.blocks.get("metric_query", []) if query.block("metric")]) or 1
                for one in self.of("aws_cloudwatch_metric_alarm")
                if one.module.startswith("module.waker") == reveille
            )
            whose = "the waker's " if reveille else ""
            if metrics:
                yield self.always(f"{whose}alarms, {metrics} metrics", metrics * price["alarm_metric_month"], reveille)
        # Application Auto Scaling creates two alarms for each target.
        targets = [one for one in self.of("aws_appautoscaling_policy") if one.get("policy_type") == "TargetTrackingScaling"]
        if targets:
            yield self.always(f"alarms of autoscaling, {2 * len(targets)}", 2 * len(targets) * price["alarm_metric_month"])
        filters = len(self.of("aws_cloudwatch_log_metric_filter"))
        if filters:
            yield self.always("the waker's own metric", filters * price["custom_metric_month"], True)
        dashboards = len(self.of("aws_cloudwatch_dashboard"))
        if dashboards:
            yield self.always(f"dashboards, {dashboards}", dashboards * price["dashboard_month"], True)

    def logs(self) -> Iterator[Item]:
        price, assumed = self.prices["cloudwatch"]["logs_gb"], self.assumed
        tasks = sum(count for _, count, _ in self.tasks)
        insights = any(True for _ in self.insights())
        hour = tasks * (assumed["log_gb_task_hour"] + (assumed["insights_gb_task_hour"] if insights else 0))
        if hour:
            yield Item("logs of tasks", lambda awake: awake * self.hours * hour * price)
        if self.of("aws_flow_log"):
            flow = assumed["flow_gb_hour"]
            yield Item(
                "flow logs",
                lambda share: self.hours * price * (share * flow["awake"] + (1 - share) * flow["asleep"]),
            )

    def waker(self) -> Iterator[Item]:
        for function in self.of("aws_lambda_function"):
            price = self.prices["lambda"]
            second = function.get("memory_size") / 1024 * price[self.processor]["gb_second"]
            ticks = sum(self.hours * 60 / minutes(one) for one in self.of("aws_scheduler_schedule") if one.name == "tick")
            each = (price["request_million"] + self.prices["scheduler"]["invocation_million"]) / 1e6
            cost = ticks * (each + self.assumed["tick_seconds"] * second)
            asked = self.hours * self.assumed["metrics_asked_for_hour"] / 1000 * self.prices["cloudwatch"]["metrics_asked_for_1000"]
            environments = len(self.config["environments"])
            yield Item(
                "waker: its ticks, and the metrics that it asks for",
                lambda awake: cost + awake * asked * environments,
                True,
            )

    @staticmethod
    def always(label: str, cost: float, reveille: bool = False) -> Item:
        return Item(label, lambda _: cost, reveille)


def minutes(schedule: Resource) -> float:
    found = re.fullmatch(r"rate\((\d+) minutes?\)", str(schedule.get("schedule_expression")))
    if not found:
        raise SystemExit(f"a tick at {schedule.get('schedule_expression')} cannot be counted")
    return float(found.group(1))


def table(example: Example, weeks: list[float]) -> tuple[list[tuple[str, list[float]]], list[float]]:
    """Each item's cost in each column, where 168 hours a week mean always on without Reveille; and the sums."""
    rows = []
    for item in example.items():
        rows.append((item.label, [
            0.0 if item.reveille and hours == 168 else round(item.cost(hours / 168), 2) for hours in weeks
        ]))
    return rows, [round(sum(costs[column] for _, costs in rows), 2) for column in range(len(weeks))]


def heading(hours: Any) -> str:
    return {0: "never awake", 168: "always on"}.get(hours, f"{hours} hours a week")
