"""Wrong policies are found, and Terraform's output is parsed correctly."""

import unittest

import calls
import reference
import rendered

SERVICE = "arn:aws:ecs:eu-west-1:111122223333:service/c/web"
TASKS = "arn:aws:ecs:eu-west-1:111122223333:task/c/*"
CLUSTER = {"ArnEquals": {"ecs:cluster": ["arn:aws:ecs:eu-west-1:111122223333:cluster/c"]}}

PRINTED = """
tests/iam.tftest.hcl... in progress
  run "first"... pass
# aws_iam_role_policy.waker:
resource "aws_iam_role_policy" "waker" {
    id     = "made"
    policy = jsonencode(
        {
            Statement = [
                {
                    Action    = "ecs:ListTasks"
                    Condition = {
                        "ForAnyValue:StringEquals" = {
                            "aws:TagKeys" = [
                                "a \\"b\\" $${c}",
                            ]
                        }
                    }
                    Effect    = "Allow"
                },
            ]
            Version   = "2012-10-17"
        }
    )
}

Outputs:

config_json = jsonencode(
    {
        environments = [
            {
                count = 2.5
                text  = <<-EOT
                    {
                      "a": 1
                    }
                EOT
                never = true
            },
        ]
    }
)
  run "second"... pass

Terraform will perform the following actions:

  # module.waker.aws_iam_role.tick will be created
  + resource "aws_iam_role" "tick" {
      + arn                = (known after apply)
      + assume_role_policy = jsonencode(
            {
              + Statement = [
                  + {
                      + Action = "sts:AssumeRole"
                    },
                ]
            }
        )
    }
"""


def found(statement: dict) -> list[tuple[str, str]]:
    return [(kind, subject) for _, kind, subject in reference.findings({"Statement": [statement]})]


class Rendered(unittest.TestCase):
    def test_values_are_read_with_the_run_and_the_resource_that_they_belong_to(self):
        first, second = rendered.runs(PRINTED)
        self.assertEqual((first.name, second.name), ("iam/first", "iam/second"))
        (policy, config), (trust,) = first.documents, second.documents
        self.assertEqual((policy.resource, policy.attribute), ("aws_iam_role_policy.waker", "policy"))
        statement = policy.document["Statement"][0]
        self.assertEqual(statement["Condition"]["ForAnyValue:StringEquals"]["aws:TagKeys"], ['a "b" ${c}'])
        self.assertEqual(config.document, {"environments": [{"count": 2.5, "text": '{\n  "a": 1\n}', "never": True}]})
        self.assertEqual(first.output("config_json"), config.document)
        self.assertEqual((trust.resource, trust.attribute), ("aws_iam_role.tick", "assume_role_policy"))
        self.assertEqual(trust.document, {"Statement": [{"Action": "sts:AssumeRole"}]})


class Reference(unittest.TestCase):
    def test_right_statements_have_no_finding(self):
        for statement in (
            {"Action": ["ecs:UpdateService"], "Resource": [SERVICE]},
            {"Action": ["ecs:DescribeTasks"], "Resource": [TASKS], "Condition": CLUSTER},
            {"Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:eu-west-1:111122223333:log-group:g:*"},
            {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"},
            {"Action": "s3:*", "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]},
            {"Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
        ):
            self.assertEqual(found(statement), [], statement)

    def test_wrong_ones_are_found(self):
        for statement, finding in (
            ({"Action": "ecs:WakeService", "Resource": "*"}, ("NO_SUCH_ACTION", "ecs:WakeService")),
            ({"Action": "esc:UpdateService", "Resource": "*"}, ("NO_SUCH_ACTION", "esc:UpdateService")),
            ({"Action": "ecs:UpdateService", "Resource": TASKS}, ("NO_RESOURCE_OF_ITS_TYPES", "ecs:UpdateService")),
            ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket/*"}, ("NO_RESOURCE_OF_ITS_TYPES", "s3:ListBucket")),
            ({"Action": "cloudwatch:GetMetricData", "Resource": SERVICE}, ("NO_RESOURCE_OF_ITS_TYPES", "cloudwatch:GetMetricData")),
            ({"Action": "ecs:UpdateService", "Resource": [SERVICE, TASKS]}, ("RESOURCE_OF_NO_ACTION", TASKS)),
            (
                {"Action": "cloudwatch:GetMetricData", "Resource": "*", "Condition": CLUSTER},
                ("NO_SUCH_CONDITION_KEY", "cloudwatch:GetMetricData ecs:cluster"),
            ),
            ({"NotAction": "ecs:UpdateService", "Resource": "*"}, ("NO_ACTION", "a statement without Action cannot be looked up")),
        ):
            self.assertIn(finding, found(statement))


class Calls(unittest.TestCase):
    @staticmethod
    def run_with(database: dict, actions: list[str], name: str = "iam/without_scaling") -> rendered.Run:
        policy = {"Statement": [{"Effect": "Allow", "Action": actions}, {"Effect": "Deny", "Action": ["ec2:RunInstances"]}]}
        config = {"environments": [{"database": database}]}
        documents = [("policy_json", policy), ("config_json", config)]
        return rendered.Run(name, [rendered.Rendered(name, "output", key, value) for key, value in documents])

    def test_both_directions(self):
        always = [action for grant in calls.TABLE["grant"] if not grant.get("when") for action in grant["actions"]]
        stops = {"kind": "instance", "stop_when_idle": True}
        enough = [*always, "rds:DescribeDBInstances", "rds:StartDBInstance", "rds:StopDBInstance"]
        self.assertEqual(list(calls.differences(self.run_with(stops, enough))), [])
        (more,) = calls.differences(self.run_with(stops, [*enough, "rds:DeleteDBInstance"]))
        self.assertIn("grants rds:DeleteDBInstance, which nothing needs", more)
        (less,) = calls.differences(self.run_with(stops, enough[:-1]))
        self.assertIn("lacks rds:StopDBInstance", less)
        (denied,) = calls.differences(self.run_with({}, [*always, "kms:Decrypt"]))
        self.assertIn("grants kms:Decrypt", denied)
        scaling = calls.differences(self.run_with({}, always, "iam/one"))
        self.assertIn("lacks application-autoscaling:RegisterScalableTarget", next(scaling))

    def test_the_entrypoint(self):
        def run(action: str) -> list[rendered.Run]:
            document = {"Statement": [{"Effect": "Allow", "Action": [action]}]}
            return [rendered.Run("iam/one", [rendered.Rendered("iam/one", "aws_iam_role_policy.task", "policy", document)])]

        self.assertEqual(list(calls.entrypoint_lacks(run("secretsmanager:GetSecretValue"))), [])
        (line,) = calls.entrypoint_lacks(run("secretsmanager:ListSecrets"))
        self.assertIn("no task's role is granted secretsmanager:GetSecretValue", line)

    def test_a_call_without_an_action_and_an_action_without_its_call(self):
        table = calls.TABLE["grant"]
        calls.TABLE["grant"] = [grant for grant in table if grant.get("operation") != "ecs:ListTasks"]
        calls.TABLE["grant"].append({"operation": "ecs:RunTask", "actions": ["ecs:RunTask"]})
        try:
            lines = list(calls.unlisted())
        finally:
            calls.TABLE["grant"] = table
        self.assertEqual(len(lines), 2)
        self.assertIn("which action ecs:ListTasks needs", lines[0])
        self.assertIn("has ecs:RunTask, which the waker does not call", lines[1])


if __name__ == "__main__":
    unittest.main()
