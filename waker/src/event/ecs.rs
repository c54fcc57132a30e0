use serde::Deserialize;
use serde_json::Value;

/// A change of a service or of one of its tasks.
///
/// [Its form](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html) belongs
/// to AWS: fields that are not needed here may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcsEvent {
    pub cluster_arn: String,
    /// None: a task that belongs to no service.
    pub service: Option<String>,
    /// A task's status, or the name of a service's event.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(tag = "detail-type")]
enum Wire {
    #[serde(rename = "ECS Task State Change")]
    Task { detail: Task },
    #[serde(rename = "ECS Service Action")]
    Service { resources: Vec<String>, detail: Service },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    cluster_arn: String,
    #[serde(default)]
    group: String,
    last_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    cluster_arn: String,
    event_name: String,
}

impl EcsEvent {
    pub(super) fn read(event: Value) -> Result<Self, serde_json::Error> {
        Ok(match serde_json::from_value(event)? {
            Wire::Task { detail } => Self {
                cluster_arn: detail.cluster_arn,
                service: detail.group.strip_prefix("service:").map(str::to_owned),
                what: detail.last_status,
            },
            Wire::Service { resources, detail } => Self {
                cluster_arn: detail.cluster_arn,
                service: resources.first().and_then(|arn| arn.rsplit('/').next()).map(str::to_owned),
                what: detail.event_name,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CLUSTER: &str = "arn:aws:ecs:us-east-1:111122223333:cluster/c";

    fn task(group: &str) -> EcsEvent {
        let event = json!({
            "version": "0", "id": "3317b2af", "detail-type": "ECS Task State Change", "source": "aws.ecs",
            "account": "111122223333", "time": "2018-12-06T16:41:06Z", "region": "us-east-1",
            "resources": ["arn:aws:ecs:us-east-1:111122223333:task/c/1"],
            "detail": {"clusterArn": CLUSTER, "lastStatus": "STOPPED", "group": group, "stopCode": "x"},
        });
        EcsEvent::read(event).unwrap()
    }

    #[test]
    fn a_task_names_its_service_by_its_group() {
        assert_eq!(task("service:web").service.as_deref(), Some("web"));
        assert_eq!(task("family:batch").service, None);
    }

    #[test]
    fn a_service_action_names_its_service_by_its_arn() {
        let event = json!({
            "detail-type": "ECS Service Action", "source": "aws.ecs",
            "resources": ["arn:aws:ecs:us-east-1:111122223333:service/c/web"],
            "detail": {"eventType": "ERROR", "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
                       "clusterArn": CLUSTER, "reason": "RESOURCE:FARGATE"},
        });
        let here = EcsEvent::read(event).unwrap();
        assert_eq!(here.what, "SERVICE_TASK_PLACEMENT_FAILURE");
        assert_eq!((here.cluster_arn.as_str(), here.service.as_deref()), (CLUSTER, Some("web")));
    }
}
