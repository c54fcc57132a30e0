//! The resources that Terraform creates, in moto.

use aws_sdk_ecs::types::{ContainerDefinition, LaunchType, NetworkMode};
use aws_sdk_elasticloadbalancingv2::types::{
    PathPatternConditionConfig, ProtocolEnum, RuleCondition, TargetDescription, TargetTypeEnum,
};
use reveille_tests::in_process;
use reveille_tests::moto::Moto;
use reveille_tests::stack::forward_to;
use serde_json::{Value, json};
use waker::config::Environment;

/// The name of the ECS cluster, the service, the database cluster and the instance.
pub const NAME: &str = "moto";
/// A service with a desired count of 1 and no task.
pub const PENDING: &str = "pending";
/// The instance that is not a member of the cluster.
pub const INSTANCE: &str = "moto-instance";

/// Everything that an environment names, by ARN where it has one.
pub struct Resources {
    pub moto: Moto,
    pub rule: String,
    pub app: String,
    pub waker: String,
}

impl Resources {
    pub async fn create() -> Self {
        let moto = Moto::start().await.unwrap();
        let (app, waker, rule) = load_balancer(&moto).await;
        services(&moto).await;
        databases(&moto).await;
        Self { moto, rule, app, waker }
    }

    /// The environment of these resources, with its configuration changed.
    pub fn environment(&self, change: impl FnOnce(&mut Value)) -> Environment {
        let mut environment = json!({
            "name": NAME,
            "route": {
                "rule_arn": self.rule, "app_target_group_arn": self.app, "waker_target_group_arn": self.waker,
            },
            "services": [{ "cluster": NAME, "service": NAME, "target_group_arn": self.app }],
            "database": { "kind": "aurora", "identifier": NAME },
        });
        change(&mut environment);
        in_process::config(&json!({ "environments": [environment] })).unwrap().environments()[0].clone()
    }

    pub fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.moto.sdk())
    }

    pub fn elb(&self) -> aws_sdk_elasticloadbalancingv2::Client {
        aws_sdk_elasticloadbalancingv2::Client::new(&self.moto.sdk())
    }

    pub fn rds(&self) -> aws_sdk_rds::Client {
        aws_sdk_rds::Client::new(&self.moto.sdk())
    }
}

/// Target group of the app, target group of the waker, rule.
async fn load_balancer(moto: &Moto) -> (String, String, String) {
    let elb = aws_sdk_elasticloadbalancingv2::Client::new(&moto.sdk());
    let (subnet, vpc) = default_subnet(moto).await;
    let app = elb.create_target_group().name("app").target_type(TargetTypeEnum::Ip);
    let app = app.protocol(ProtocolEnum::Http).port(8080).vpc_id(vpc).send().await.unwrap();
    let waker = elb.create_target_group().name("waker").target_type(TargetTypeEnum::Lambda);
    let waker = waker.send().await.unwrap();
    let [app, waker] =
        [app, waker].map(|created| created.target_groups()[0].target_group_arn().unwrap().to_owned());
    let balancer = elb.create_load_balancer().name(NAME).subnets(subnet).send().await.unwrap();
    let listener = elb
        .create_listener()
        .load_balancer_arn(balancer.load_balancers()[0].load_balancer_arn().unwrap())
        .protocol(ProtocolEnum::Http)
        .port(80)
        .default_actions(forward_to(&app))
        .send()
        .await
        .unwrap();
    let everything = PathPatternConditionConfig::builder().values("/*").build();
    let rule = elb
        .create_rule()
        .listener_arn(listener.listeners()[0].listener_arn().unwrap())
        .priority(1)
        .conditions(RuleCondition::builder().field("path-pattern").path_pattern_config(everything).build())
        .actions(forward_to(&waker))
        .send()
        .await
        .unwrap();
    let target = TargetDescription::builder().id("10.0.0.1").port(8080).build();
    elb.register_targets().target_group_arn(&app).targets(target).send().await.unwrap();
    (app, waker, rule.rules()[0].rule_arn().unwrap().to_owned())
}

/// A subnet and its VPC, without the EC2 API's SDK, which is the largest of all.
async fn default_subnet(moto: &Moto) -> (String, String) {
    let request = reqwest::Client::new()
        .post(moto.endpoint())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request")
        .body("Action=DescribeSubnets&Version=2016-11-15");
    let xml = request.send().await.unwrap().text().await.unwrap();
    let text = |tag: &str| {
        let (_, rest) = xml.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    (text("subnetId"), text("vpcId"))
}

/// One that sleeps, and one with a desired count of 1, of whose tasks one has stopped.
async fn services(moto: &Moto) {
    let ecs = aws_sdk_ecs::Client::new(&moto.sdk());
    ecs.create_cluster().cluster_name(NAME).send().await.unwrap();
    ecs.register_task_definition()
        .family(NAME)
        .network_mode(NetworkMode::Bridge)
        .container_definitions(ContainerDefinition::builder().name(NAME).image(NAME).memory(64).build())
        .send()
        .await
        .unwrap();
    for (name, desired) in [(NAME, 0), (PENDING, 1)] {
        let create = ecs.create_service().cluster(NAME).service_name(name).task_definition(NAME);
        create.desired_count(desired).send().await.unwrap();
    }
    let run = ecs.run_task().cluster(NAME).task_definition(NAME).launch_type(LaunchType::Fargate);
    let ran = run.send().await.unwrap();
    let task = ran.tasks()[0].task_arn().unwrap();
    ecs.stop_task().cluster(NAME).task(task).reason("CannotPullContainerError: none").send().await.unwrap();
}

async fn databases(moto: &Moto) {
    let rds = aws_sdk_rds::Client::new(&moto.sdk());
    rds.create_db_cluster()
        .db_cluster_identifier(NAME)
        .engine("aurora-postgresql")
        .master_username("postgres")
        .master_user_password("not-a-secret")
        .send()
        .await
        .unwrap();
    rds.create_db_instance()
        .db_instance_identifier(INSTANCE)
        .db_instance_class("db.t4g.micro")
        .engine("postgres")
        .allocated_storage(20)
        .master_username("postgres")
        .master_user_password("not-a-secret")
        .send()
        .await
        .unwrap();
}
