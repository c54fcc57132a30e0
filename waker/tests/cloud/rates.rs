//! The limits of one account and region, shared by all of its environments and all other callers.
//! The rates are from the service quotas of ECS and Elastic Load Balancing.

use super::{account::Call, bucket::Bucket, clock::Millis, spans::Spans};

/// What other callers leave of a rate while they are busy.
const LEFT: f64 = 0.1;

#[derive(Debug)]
pub struct Rates {
    describe_services: Bucket,
    update_service: Bucket,
    describe_balancer: Bucket,
    modify_balancer: Bucket,
    /// Half of the load balancer's rate, and how many calls exceeded it.
    half: Bucket,
    pub beyond_half: u32,
    /// Other callers in the account use up the rates.
    busy: Spans,
}

impl Rates {
    pub fn new(busy: Spans) -> Self {
        Self {
            describe_services: Bucket::new(100, 20),
            update_service: Bucket::new(50, 5),
            describe_balancer: Bucket::new(40, 10),
            modify_balancer: Bucket::new(20, 3),
            half: Bucket::new(20, 5),
            beyond_half: 0,
            busy,
        }
    }

    /// Whether the call may pass now.
    pub fn take(&mut self, call: Call, now: Millis) -> bool {
        let busy = self.busy.around(now).map(|span| (span.start, LEFT));
        match call {
            Call::DescribeServices | Call::ListTasks => self.describe_services.take(now, busy),
            Call::UpdateService => self.update_service.take(now, busy),
            Call::DescribeRules | Call::DescribeTags | Call::DescribeTargetHealth => {
                self.beyond_half += u32::from(!self.half.take(now, None));
                self.describe_balancer.take(now, busy)
            }
            Call::AddTags | Call::ModifyRule => self.modify_balancer.take(now, busy),
            // Calls without a documented rate, or with one that is never reached.
            Call::DescribeDBClusters
            | Call::StartDBCluster
            | Call::StopDBCluster
            | Call::GetMetricData
            | Call::GetTaskProtection
            | Call::DescribeScalableTargets
            | Call::RegisterScalableTarget
            | Call::Touch => true,
        }
    }
}
