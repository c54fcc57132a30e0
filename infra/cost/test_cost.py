"""Tests of the script that computes the costs of the examples."""

import copy
import sys
import tomllib
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from quantities import Example, table  # noqa: E402
from resources import resources  # noqa: E402

PRICES = tomllib.loads((Path(__file__).resolve().parent / "prices.toml").read_text())
SETTINGS = {"tasks": {"module.service": "module.task"}}
LOG = """
tests/example.tftest.hcl... in progress
  run "first"... pass

# module.network.data.aws_partition.here:
data "aws_partition" "here" {
    partition = "aws"
}

# module.service.aws_ecs_service.rolling[0]:
resource "aws_ecs_service" "rolling" {
    name = "app"

    network_configuration {
        assign_public_ip = true
        subnets          = [
            "one",
        ]
    }
}

# module.task.aws_ecs_task_definition.this:
resource "aws_ecs_task_definition" "this" {
    container_definitions = jsonencode(
        [
            {
                environment = [
                    {
                        name  = "KEY"
                        value = "secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:one-AbCdEf#key"
                    },
                    {
                        name  = "OTHER"
                        value = "secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:one-AbCdEf#other"
                    },
                ]
                name        = "app"
            },
        ]
    )
    cpu                   = "1024"
    family                = "app"
    memory                = "2048"

    runtime_platform {
        cpu_architecture = "X86_64"
    }
}

# module.waker.aws_cloudwatch_metric_alarm.failed["crashes"]:
resource "aws_cloudwatch_metric_alarm" "failed" {
    alarm_name = "crashes"

    metric_query {
        expression = "a + b"
        id         = "sum"
    }
    metric_query {
        id = "a"

        metric {
            metric_name = "a"
        }
    }
    metric_query {
        id = "b"

        metric {
            metric_name = "b"
        }
    }
}

# module.waker.aws_lambda_function.waker:
resource "aws_lambda_function" "waker" {
    architectures = [
        "x86_64",
    ]
    memory_size   = 512

    environment {
        variables = {
            "WAKER_CONFIG" = jsonencode(
                {
                    environments = [
                        {
                            database = {
                                identifier     = "app"
                                kind           = "instance"
                                stop_when_idle = true
                            }
                            name     = "app"
                            services = [
                                {
                                    count   = 3
                                    service = "app"
                                },
                            ]
                        },
                    ]
                }
            )
        }
    }
}

# module.waker.aws_scheduler_schedule.tick:
resource "aws_scheduler_schedule" "tick" {
    schedule_expression = "rate(5 minutes)"
}
  run "second"... pass

# module.alb["a.b"].aws_lb.this:
resource "aws_lb" "this" {
    internal = false
    subnets  = [
        "one",
        "two",
    ]
}
"""


def added(type_: str, arguments: str, log: str = LOG) -> str:
    """The first run with one resource more."""
    more = f'# module.more.{type_}.this:\nresource "{type_}" "this" {{\n{arguments}\n}}\n'
    return log.replace('  run "second"', more + '  run "second"')


def costs(log: str = LOG, run: str = "example/first", prices: dict = PRICES, settings: dict = SETTINGS) -> dict:
    """Each item, never awake, awake a quarter of the time, and always on."""
    return dict(table(Example("app", resources(log, run), settings, prices), [0, 42, 168])[0])


class Items(unittest.TestCase):
    def test_a_run_has_its_own_resources_and_no_data_sources(self):
        self.assertEqual(len(resources(LOG, "example/first")), 5)
        (alone,) = resources(LOG, "example/second")
        self.assertEqual((alone.module, alone.type, alone.get("subnets")), ('module.alb["a.b"]', "aws_lb", ["one", "two"]))
        with self.assertRaisesRegex(SystemExit, "no run example/third"):
            resources(LOG, "example/third")

    def test_tasks_are_counted_by_what_the_waker_starts(self):
        month = round(730 * 3 * (0.04048 + 2 * 0.004445), 2)
        self.assertEqual(
            costs()["Fargate (X86_64), `app`: 3 tasks, each 1 vCPU, 2 GB"], [0, round(month / 4, 2), month]
        )
        self.assertEqual(costs()["public addresses of tasks, 3"], [0, 2.74, 10.95])

    def test_a_secret_is_paid_once_however_many_of_its_keys_are_read(self):
        self.assertEqual(costs()["secrets, 1"], [0.4, 0.4, 0.4])
        one = added("aws_iam_role_policy", '    policy = jsonencode(\n        {\n            Resource = "arn:aws:secretsmanager:eu-west-1:1:secret:two-AbCdEf"\n        }\n    )')
        self.assertEqual(costs(one)["secrets, 2"], [0.8, 0.8, 0.8])

    def test_an_alarm_is_paid_by_its_metrics_and_the_wakers_are_not_there_always_on(self):
        self.assertEqual(costs()["the waker's alarms, 2 metrics"], [0.2, 0.2, 0])
        plain = added("aws_cloudwatch_metric_alarm", '    metric_name = "CPUUtilization"')
        self.assertEqual(costs(plain)["alarms, 1 metrics"], [0.1, 0.1, 0.1])
        target = added("aws_appautoscaling_policy", '    policy_type = "TargetTrackingScaling"')
        self.assertEqual(costs(target)["alarms of autoscaling, 2"], [0.2, 0.2, 0.2])

    def test_ticks_cost_by_their_rate_and_looks_at_metrics_by_the_hours_awake(self):
        never, quarter, always = costs()["waker: its ticks, and the metrics that it asks for"]
        ticks = 730 * 12 * (1.2e-6 + 0.1 * 0.5 * 0.0000166667)
        self.assertEqual((never, always), (round(ticks, 2), 0))
        self.assertEqual(quarter, round(ticks + 730 / 4 * 130 / 1000 * 0.01, 2))

    def test_an_aurora_that_does_not_pause_costs_its_least_capacity_asleep(self):
        cluster = "    serverlessv2_scaling_configuration {\n        min_capacity = 0\n    }"
        member = '    instance_class = "db.serverless"'
        pauses = added("aws_rds_cluster", cluster, log=added("aws_rds_cluster_instance", member))
        self.assertEqual(costs(pauses)["Aurora, 0.5 ACU, paused asleep"], [0, 10.95, 43.8])
        runs_on = pauses.replace("min_capacity = 0", "min_capacity = 1")
        self.assertEqual(costs(runs_on)["Aurora, 1 ACU, 1 asleep"], [87.6] * 3)

    def test_an_instance_is_stopped_asleep_where_the_waker_stops_it(self):
        instance = added("aws_db_instance", '    allocated_storage = 20\n    instance_class = "db.t4g.micro"\n    multi_az = true')
        self.assertEqual(costs(instance)["RDS, db.t4g.micro, Multi-AZ, stopped asleep"], [0, 5.84, 23.36])
        self.assertEqual(costs(instance)["RDS, 20 GiB of gp3"], [4.6] * 3)
        runs_on = instance.replace("stop_when_idle = true", "stop_when_idle = false")
        self.assertEqual(costs(runs_on)["RDS, db.t4g.micro, Multi-AZ"], [23.36] * 3)

    def test_a_public_load_balancer_pays_an_address_in_each_zone(self):
        public = added("aws_lb", '    internal = false\n    subnets = [\n        "one",\n        "two",\n        "three",\n    ]')
        self.assertEqual(costs(public)["its public addresses, one in each of 3 zones"], [10.95] * 3)
        self.assertNotIn("public addresses, one", " ".join(costs(public.replace("internal = false", "internal = true"))))

    def test_container_insights_are_fewer_metrics_asleep(self):
        on = added("aws_ecs_cluster", '    name = "app"\n    setting {\n        name = "containerInsights"\n        value = "enabled"\n    }')
        self.assertEqual(costs(on)["Container Insights, 32 metrics awake and 8 asleep"], [2.4, 4.2, 9.6])
        self.assertFalse([label for label in costs(on.replace('"enabled"', '"disabled"')) if "Insights" in label])

    def test_sums_are_those_of_the_rows(self):
        rows, sums = table(Example("app", resources(LOG, "example/first"), SETTINGS, PRICES), [0, 40, 168])
        self.assertEqual(sums, [round(sum(costs[column] for _, costs in rows), 2) for column in range(3)])

    def test_prices_are_taken_from_the_list(self):
        dearer = copy.deepcopy(PRICES)
        dearer["secrets_manager"]["secret_month"] = 1
        self.assertEqual(costs(prices=dearer)["secrets, 1"], [1, 1, 1])


class Refused(unittest.TestCase):
    def test_a_resource_whose_cost_nobody_has_written_down(self):
        with self.assertRaisesRegex(SystemExit, "does not know what aws_mq_broker costs"):
            costs(added("aws_mq_broker", '    name = "new"'))

    def test_a_service_of_which_it_is_not_said_what_it_runs(self):
        with self.assertRaisesRegex(SystemExit, "does not say what module.service runs"):
            costs(settings={})

    def test_a_function_and_a_task_for_two_processors(self):
        with self.assertRaisesRegex(SystemExit, "ARM64 and X86_64"):
            costs(LOG.replace('cpu_architecture = "X86_64"', 'cpu_architecture = "ARM64"'))


if __name__ == "__main__":
    unittest.main()
