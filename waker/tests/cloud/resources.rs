//! The resources of one environment.

use waker::{
    config::Environment,
    environment::snapshot::{DatabaseState, RouteTarget, Running},
};

use super::{
    clock::Millis, database::Database, dice::Dice, route::Route, sandbox::Memory, scaling::AutoScaling,
    service::Service, tags::Tags,
};

#[derive(Debug)]
pub struct Resources {
    pub route: Route,
    pub tags: Tags,
    pub scaling: AutoScaling,
    pub services: Vec<Service>,
    /// The service behind the load balancer.
    pub app: usize,
    pub database: Option<Database>,
    /// ECS counts draining tasks as running.
    counts_draining: bool,
    /// The app keeps its database connections while it runs.
    pub pool: bool,
    /// The target group's deregistration delay.
    pub drains: Millis,
}

impl Resources {
    /// Asleep.
    pub fn new(environment: &Environment, scaling: AutoScaling, dice: &mut Dice) -> Self {
        let services = environment.services.iter();
        Self {
            route: Route::new(RouteTarget::Waker),
            tags: Tags::default(),
            scaling,
            services: services.map(|service| Service::new(service.target_group_arn.is_some())).collect(),
            app: environment.app_services().next().unwrap_or_default(),
            database: environment.database.as_ref().map(|_| Database::new()),
            counts_draining: dice.once_in(2),
            pool: dice.once_in(2),
            drains: dice.time("deregistration_delay"),
        }
    }

    pub fn app(&self) -> &Service {
        &self.services[self.app]
    }

    /// The load balancer itself answers 503.
    pub fn is_stranded(&self) -> bool {
        self.route.target() == RouteTarget::App && self.app().registered() == 0
    }

    /// Nothing runs or is starting, and the route does not point to the app.
    pub fn is_asleep(&self) -> bool {
        let empty =
            |service: &Service| service.desired == 0 && service.tasks.is_empty() && !service.is_deploying();
        self.route.target() == RouteTarget::Waker && self.services.iter().all(empty)
    }

    /// What ECS says, as of `at`, and what RDS and the database say now.
    pub fn running(&self, at: Millis, now: Millis, memory: &Memory) -> Running {
        let services = self.services.iter().map(|service| Some(service.at(at).tasks));
        let database = self.database.as_ref().map(|database| DatabaseState {
            status: database.status(now),
            answer: memory.answer(now),
            pauses: true,
            stoppable: true,
        });
        Running { services: services.collect(), database }
    }

    /// ECS or the load balancer may have changed something.
    pub fn changed(&mut self, now: Millis) {
        for service in &mut self.services {
            service.changed(now, self.counts_draining);
        }
    }
}
