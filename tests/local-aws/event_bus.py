"""EventBridge rules with a function as their target.

AWS invokes a function only if its resource policy allows the rule to do so, and otherwise reports nothing:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions
ministack does not check the policy, and drops the result of an invocation.
"""

import contextvars
import json
import threading

from ministack.services import eventbridge

import events
import functions

_PRINCIPAL = "events.amazonaws.com"


def _invoke(target, event, rule, view=None):
    # This function is also used by Scheduler, which has a role instead.
    if ":lambda:" in target["Arn"] and ":events:" in rule["Arn"]:
        allowed = functions.permits(target["Arn"], _PRINCIPAL, rule["Arn"])
        if not allowed:
            events.emit("event_refused", rule=rule["Name"], function=target["Arn"])
            return
    _invoke_target(target, event, rule, view)


def _dispatch(arn: str, payload: str) -> None:
    event = json.loads(payload)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(_deliver, arn, event), daemon=True).start()


def _deliver(arn: str, event: object) -> None:
    answer, log, failure = functions.invoke(arn, event)
    events.emit("event_delivered", function=arn, delivered=event, answer=answer, failure=failure, log=log)


def install() -> None:
    global _invoke_target
    _invoke_target, eventbridge._invoke_target = eventbridge._invoke_target, _invoke
    eventbridge._dispatch_to_lambda = _dispatch
