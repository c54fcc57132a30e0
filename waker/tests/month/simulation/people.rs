//! What people do to an environment, independently of the waker: deploy it, and change it by hand.

use waker::environment::snapshot::RouteTarget;

use super::{
    calendar::{at_work, is_working},
    cloud::{
        clock::{HOUR, Millis},
        dice::Dice,
    },
    designs::Design,
    month::{Event, Month, ONLY},
    trace::Happened,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Sets the app's desired count to 0, and nothing else.
    Zero,
    /// Sets it to a higher count.
    More,
    /// Turns the route to the app.
    ToApp,
    /// Turns the route to the waker.
    ToWaker,
}

/// Deployments and changes by hand in a month.
const DEPLOYS: Millis = 8;
const HANDS: Millis = 10;

pub fn plan(dice: &mut Dice) -> Vec<(Millis, Event)> {
    let deploys = at_work(dice, DEPLOYS).into_iter().map(|at| (at, Event::Deploy));
    let hands = at_work(dice, HANDS);
    let hands = hands.into_iter().map(|at| {
        let hand = [Hand::Zero, Hand::More, Hand::ToApp, Hand::ToWaker][dice.index(4)];
        (at, Event::ByHand(hand))
    });
    deploys.chain(hands.collect::<Vec<_>>()).collect()
}

impl Month<'_> {
    pub(super) fn deploy(&mut self) {
        self.trace.add(self.now, Happened::DeployBegins);
        if !self.resources().app().is_deploying() {
            self.judge.hold(self.now);
        }
        self.world.deploy(self.now, (ONLY, self.resources().app));
    }

    pub(super) fn by_hand(&mut self, hand: Hand) {
        let (app, desired) = (self.resources().app, self.resources().app().desired);
        if self.design == Design::AlwaysOn && hand != Hand::More {
            return;
        }
        self.trace.add(self.now, Happened::ByHand(hand));
        self.judge.changed_by_hand();
        match hand {
            Hand::Zero if desired > 0 => {
                self.hang_up();
                self.judge.emptied_by_hand(self.now);
                self.set_desired(app, 0);
            }
            Hand::Zero => {}
            Hand::More => {
                let more = self.world.dice.between(1..4) as u32;
                let count = (desired + more).max(self.environment.services[app].count);
                if desired == 0 {
                    self.judge.used(self.now);
                } else {
                    self.judge.vetoed(self.now + self.grace());
                }
                self.set_desired(app, count);
            }
            Hand::ToApp => self.turn(RouteTarget::App),
            Hand::ToWaker => self.turn(RouteTarget::Waker),
        }
    }

    /// A visitor who meets the load balancer's 503 reports it, and a person repairs it within one
    /// working hour.
    pub(super) fn complain(&mut self) {
        if !self.complained {
            self.complained = true;
            let mut at = self.now + HOUR;
            while !is_working(at) {
                at += HOUR;
            }
            self.world.events.add(at, Event::Repair);
        }
    }

    pub(super) fn repair_by_hand(&mut self) {
        self.complained = false;
        if self.resources().is_stranded() {
            self.trace.add(self.now, Happened::ByHand(Hand::ToWaker));
            self.turn(RouteTarget::Waker);
        }
    }
}
