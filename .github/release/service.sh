#!/usr/bin/env bash
# Manages the tasks of a service in ECS: service.sh note|migrate|replace|restore|stage|return|return-unlabeled.
#   CLUSTER, SERVICE   the service and its environment
#   IMAGE              the image to run, pinned by digest
#   GRAPH              the preview graph of the branch, for `stage` and `return`, for example `pr-7`
# Task definitions are derived from that of the service's stack, with another image, never from that of a branch or of an
# earlier deployment, which may have failed. `replace` also makes the image that of the environment, which the stack reads.
# `restore` returns to the task definition and the image that `note` recorded: they differ while a branch runs. `stage` runs an
# image without recording it, `return` goes back to that of the environment if the branch still runs, and `return-unlabeled` if
# the pull request of the branch that runs is closed or has no label for the service.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

main() {
  case "$1" in
    note) note ;;
    migrate) migrate ;;
    replace) replace ;;
    restore) restore ;;
    stage) stage ;;
    return) return_to_environment ;;
    return-unlabeled) return_unlabeled ;;
    *) return 64 ;;
  esac
}

note() {
  remember FORMER_TASKS running
  remember FORMER_IMAGE parameter image
}

replace() {
  local definition
  definition=$(with_image definition "$SERVICE")
  run_tasks "$definition"
  record "$IMAGE"
}

restore() {
  run_tasks "$FORMER_TASKS"
  record "$FORMER_IMAGE"
}

stage() {
  local definition
  await_release
  definition=$(with_image definition "$SERVICE" "$GRAPH")
  run_tasks "$definition"
}

return_to_environment() {
  local definition now
  await_release
  now=$(branch)
  if [ "$now" != "$GRAPH" ]; then
    echo "$SERVICE does not run the branch of $GRAPH"
    return 0
  fi
  IMAGE=$(parameter image)
  definition=$(with_image definition "$SERVICE")
  start_tasks "$definition"
  # A release, or another branch, may have replaced them meanwhile.
  now=$(branch)
  [ "$now" != "$GRAPH" ] || fail "$SERVICE still runs the branch of $GRAPH"
}

return_unlabeled() {
  local request
  GRAPH=$(branch)
  [ -n "$GRAPH" ] || return 0
  request=$(gh pr view "${GRAPH#pr-}" --repo "$GITHUB_REPOSITORY" --json state,labels)
  jq --exit-status '.state == "OPEN" and any(.labels[]; .name == "staging:" + env.SERVICE)' <<<"$request" >/dev/null ||
    return_to_environment
}

# The CLI repeats no call afterwards, so that the new tasks start within the time for which a release pauses (order.sh).
await_release() {
  "$(dirname "${BASH_SOURCE[0]}")/order.sh" wait
  export AWS_MAX_ATTEMPTS=1
}

migrate() {
  local definition network task code
  definition=$(with_image migration migrate)
  network=$(described 'services[0].networkConfiguration' json)
  task=$(aws ecs run-task --cluster "$CLUSTER" --launch-type FARGATE --task-definition "$definition" \
    --network-configuration "$network" --started-by "migrate-$SERVICE" --query 'tasks[0].taskArn' --output text)
  aws ecs wait tasks-stopped --cluster "$CLUSTER" --tasks "$task"
  code=$(aws ecs describe-tasks --cluster "$CLUSTER" --tasks "$task" \
    --query 'tasks[0].containers[?name==`migrate`].exitCode | [0]' --output text)
  [ "$code" = 0 ] || fail "the migration $task ended with $code"
}

# If new tasks do not start, ECS rolls back and the service becomes stable with the old definition.
run_tasks() {
  local now
  start_tasks "$1"
  now=$(running)
  [ "$now" = "$1" ] || fail "$SERVICE did not become stable with $1, it runs $now"
}

start_tasks() {
  aws ecs update-service --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$1" --query 'service.serviceArn' --output text
  unset AWS_MAX_ATTEMPTS
  aws ecs wait services-stable --cluster "$CLUSTER" --services "$SERVICE"
}

record() {
  aws ssm put-parameter --name "$(path image)" --type String --overwrite --value "$1" --query Version --output text
}

parameter() {
  aws ssm get-parameter --name "$(path "$1")" --query Parameter.Value --output text
}

path() {
  echo "/marquee/${CLUSTER#marquee-}/$SERVICE/$1"
}

# Registers the stack's definition in a parameter with another image for one container, and prints its ARN:
# with_image PARAMETER CONTAINER [BRANCH]. The label of the container names the branch.
with_image() {
  local definition
  definition=$(parameter "$1")
  aws ecs describe-task-definition --task-definition "$definition" --query taskDefinition --output json |
    jq --arg name "$2" --arg image "$IMAGE" --arg branch "${3:-}" '
      (.containerDefinitions[] | select(.name == $name)) |=
        (.image = $image | if $branch == "" then . else .dockerLabels["marquee.branch"] = $branch end)
      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy,
          .deregisteredAt)' \
      >"$RUNNER_TEMP/definition.json"
  aws ecs register-task-definition --cli-input-json "file://$RUNNER_TEMP/definition.json" \
    --query taskDefinition.taskDefinitionArn --output text
}

# Prints the preview graph of the branch that runs; nothing if it is the main branch.
branch() {
  local definition
  definition=$(running)
  aws ecs describe-task-definition --task-definition "$definition" --query taskDefinition.containerDefinitions --output json |
    jq --raw-output '[.[].dockerLabels["marquee.branch"] // empty] | first // ""'
}

running() {
  described 'services[0].deployments[?status==`PRIMARY`].taskDefinition | [0]' text
}

described() {
  aws ecs describe-services --cluster "$CLUSTER" --services "$SERVICE" --query "$1" --output "$2"
}

main "$@"
