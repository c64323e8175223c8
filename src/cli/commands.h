// The commands, one file each (x_command.cc); main lists nothing by hand.
#pragma once

#include "cli/command.h"

namespace windlass::cli {

extern const Command kRunCommand;
extern const Command kLintCommand;
extern const Command kGroovyCommand;
extern const Command kConvertCommand;
extern const Command kStepsCommand;
extern const Command kRunsCommand;
extern const Command kLogsCommand;
extern const Command kServerCommand;
extern const Command kTokenCommand;
extern const Command kAuditCommand;
extern const Command kKubeconfigCommand;
extern const Command kLoginCommand;
extern const Command kBackupCommand;
extern const Command kRestoreCommand;
extern const Command kCheckCommand;
extern const Command kCascCommand;
extern const Command kClusterCommand;
extern const Command kKeyCommand;
extern const Command kAccountCommand;
extern const Command kCredentialCommand;
extern const Command kMemberCommand;
extern const Command kProjectCommand;
extern const Command kPipelineCommand;
extern const Command kStartCommand;
extern const Command kStopCommand;
extern const Command kPauseCommand;
extern const Command kResumeCommand;
extern const Command kInputCommand;
extern const Command kExplainCommand;
extern const Command kDiffCommand;
extern const Command kEventsCommand;
extern const Command kReplayCommand;
extern const Command kCompletionCommand;
extern const Command kManCommand;
extern const Command kVersionCommand;

}  // namespace windlass::cli
