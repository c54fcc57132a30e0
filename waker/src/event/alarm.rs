use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A `CloudWatch` alarm whose action invokes the function.
///
/// [Its form](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html)
/// belongs to AWS: fields that are not needed here may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub name: String,
    /// `ALARM`, `OK` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// When it entered that state; None if AWS changes the format.
    pub since: Option<Timestamp>,
}

/// The offset has no colon, which RFC 3339 requires.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.f%z";

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "alarmData")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "alarmName")]
    name: String,
    state: AlarmState,
}

#[derive(Deserialize)]
struct AlarmState {
    value: String,
    #[serde(default)]
    timestamp: String,
}

impl Alarm {
    pub(super) fn read(event: Value) -> Result<Self, serde_json::Error> {
        let Wire { data: Data { name, state } } = serde_json::from_value(event)?;
        let since = Timestamp::strptime(TIME, &state.timestamp).ok();
        Ok(Self { name, state: state.value, since })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alarm(timestamp: &str) -> Alarm {
        let event = json!({
            "source": "aws.cloudwatch",
            "alarmArn": "arn:aws:cloudwatch:us-east-1:444455556666:alarm:idle",
            "accountId": "444455556666",
            "time": "2023-08-04T12:36:15.490+0000",
            "region": "us-east-1",
            "alarmData": {
                "alarmName": "idle",
                "state": {"value": "ALARM", "reason": "Threshold Crossed", "timestamp": timestamp},
                "previousState": {"value": "INSUFFICIENT_DATA"},
                "configuration": {"metrics": []},
            },
        });
        Alarm::read(event).unwrap()
    }

    #[test]
    fn its_time_is_read_although_it_is_not_rfc_3339() {
        let alarm = alarm("2023-08-04T12:36:15.490+0000");
        assert_eq!((alarm.name.as_str(), alarm.state.as_str()), ("idle", "ALARM"));
        assert_eq!(alarm.since, Some("2023-08-04T12:36:15.490Z".parse().unwrap()));
    }

    #[test]
    fn a_time_in_another_form_is_no_reason_to_refuse_it() {
        assert_eq!(alarm("yesterday").since, None);
    }
}
