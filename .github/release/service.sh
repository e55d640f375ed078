#!/usr/bin/env bash
# Manages the tasks of a service in ECS: service.sh note|migrate|replace|restore|stage|return.
#   CLUSTER, SERVICE   the service; its task families are CLUSTER-SERVICE and CLUSTER-SERVICE-migrate
#   IMAGE              the image to run, pinned by digest
# `replace` also makes the image that of the environment, which its stack reads. `restore` returns to the task definition and
# the image that `note` recorded: they differ while a branch runs. `stage` runs an image without recording it, and `return`
# goes back to that of the environment.
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
    *) return 64 ;;
  esac
}

note() {
  remember FORMER_TASKS running
  remember FORMER_IMAGE recorded
}

replace() {
  stage
  record "$IMAGE"
}

restore() {
  run_tasks "$FORMER_TASKS"
  record "$FORMER_IMAGE"
}

stage() {
  local definition
  definition=$(with_image "$CLUSTER-$SERVICE" "$SERVICE")
  run_tasks "$definition"
}

return_to_environment() {
  IMAGE=$(recorded)
  stage
}

migrate() {
  local definition network task code
  definition=$(with_image "$CLUSTER-$SERVICE-migrate" migrate)
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
  aws ecs update-service --cluster "$CLUSTER" --service "$SERVICE" --task-definition "$1" --query 'service.serviceArn' --output text
  aws ecs wait services-stable --cluster "$CLUSTER" --services "$SERVICE"
  now=$(running)
  [ "$now" = "$1" ] || fail "$SERVICE did not become stable with $1"
}

record() {
  aws ssm put-parameter --name "$(parameter)" --type String --overwrite --value "$1" --query Version --output text
}

recorded() {
  aws ssm get-parameter --name "$(parameter)" --query Parameter.Value --output text
}

parameter() {
  echo "/marquee/${CLUSTER#marquee-}/$SERVICE/image"
}

# Registers the newest definition of a family with another image for one container, and prints its ARN.
with_image() {
  aws ecs describe-task-definition --task-definition "$1" --query taskDefinition --output json |
    jq --arg name "$2" --arg image "$IMAGE" '
      (.containerDefinitions[] | select(.name == $name)).image = $image
      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy)' \
      >"$RUNNER_TEMP/definition.json"
  aws ecs register-task-definition --cli-input-json "file://$RUNNER_TEMP/definition.json" \
    --query taskDefinition.taskDefinitionArn --output text
}

running() {
  described 'services[0].deployments[?status==`PRIMARY`].taskDefinition | [0]' text
}

described() {
  aws ecs describe-services --cluster "$CLUSTER" --services "$SERVICE" --query "$1" --output "$2"
}

main "$@"
