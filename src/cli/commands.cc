#include "cli/commands.h"

namespace windlass::cli {

std::span<const Command* const> commands() {
  static constexpr const Command* kAll[] = {
      &kRunCommand,     &kLintCommand,       &kGroovyCommand,     &kConvertCommand, &kStepsCommand,
      &kRunsCommand,    &kLogsCommand,       &kReplayCommand,     &kServerCommand,  &kLoginCommand,
      &kProjectCommand, &kPipelineCommand,   &kCredentialCommand, &kStartCommand,   &kStopCommand,
      &kPauseCommand,   &kResumeCommand,     &kInputCommand,      &kExplainCommand, &kDiffCommand,
      &kEventsCommand,  &kTokenCommand,      &kAccountCommand,    &kMemberCommand,  &kBackupCommand,
      &kRestoreCommand, &kCheckCommand,      &kClusterCommand,    &kCascCommand,    &kKeyCommand,
      &kAuditCommand,   &kKubeconfigCommand, &kCompletionCommand, &kManCommand,     &kVersionCommand,
  };
  return kAll;
}

}  // namespace windlass::cli
