// Everything a run is given from outside at its start; kept sealed with the run, so a resumed run needs nothing else.
// (program, inputs, journal) decide a run: a value that is not here, not in the program and not an entry must not be
// seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::engine {

struct NodeInput {
  std::string name;
  std::vector<std::string> labels;
  std::map<std::string, std::string> environment;
};

struct LibraryInput {
  std::string name;
  std::string folder;  ///< absolute; its tree is copied into the run at the start
  bool implicit = false;
  std::string repository;  ///< instead of a folder: the address of a git repository
  std::string
      version;  ///< of the repository: branch, tag or commit whatever the script asks for; empty: what it asks for
  // Of one that the server's configuration names:
  bool configured = false;      ///< a script that asks for no version needs default_version
  std::string default_version;  ///< what a script gets that asks for none
  bool allow_override = true;   ///< it may ask for another one
  std::string credentials_id;   ///< for the repository: of the run's project
  std::string path;             ///< of the library in its repository; empty: its root
  std::string problem;          ///< why it could not be fetched before the run began; not kept
  std::string log;              ///< what git said about that, for the log of the run; not kept
};

/// The project's git work tree, taken once when the run starts; nullopt where the folder is none.
struct ScmInput {
  std::string folder;  ///< absolute, the work tree's root
  std::string commit;  ///< HEAD
  std::string branch;  ///< empty when detached
  std::string url;     ///< remote `origin`, else the folder
  std::string author_name, author_email, committer_name, committer_email;
  std::string message;  ///< first line of HEAD's message
};

struct ToolInput {
  std::string name;
  std::string folder;
  std::string kind;  ///< "maven", "jdk" … as `tools` names it; empty: any
};

struct RunInputs {
  std::string script_name = "WorkflowScript";
  std::string script;          ///< the Jenkinsfile's text
  std::string script_path;     ///< as messages of `lint` and the tree show it: "Jenkinsfile"
  std::string project_folder;  ///< absolute
  std::string job;
  std::uint64_t number = 1;
  std::string cause = "Started by user ";  ///< first line of the log
  std::string upstream;                    ///< of a run that `build` began: which effect of which run; empty otherwise
  std::string user_id, user_name;
  std::int64_t started_millis = 0;
  std::uint64_t secret_seed = 0;                                ///< of all random values of the run
  std::string time_zone;                                        ///< IANA name or empty for UTC
  std::vector<std::pair<std::string, std::string>> parameters;  ///< --param, as text
  std::set<std::string> secret_parameters;                      ///< those that whoever started it calls passwords
  std::set<std::string> boolean_parameters;                     ///< those that it calls booleans
  std::set<std::string> wiped_parameters;  ///< of a stored run that has ended: those whose values are gone (passwords)
  std::map<std::string, std::string> environment;  ///< of the calling process, with --env on top
  std::vector<std::string> labels;                 ///< of the built-in node
  std::vector<NodeInput> nodes;
  std::vector<LibraryInput> libraries;
  std::vector<ToolInput> tools;
  std::map<std::string, std::string> job_files;  ///< --job-file NAME=FILE: what `build` can start
  data::Value credentials;                       ///< list as in --credentials
  /// What steps are told of the server's configuration, and no script and no process: {mail: {…}, sonar: [{…}],
  /// checkoutRetries: N, mostFilesMiB: N}. docs/steps.md. Kept with the credentials until the run ends.
  data::Value services;
  data::Value answers;  ///< list as in --input
  std::optional<ScmInput> scm;
  bool sandbox = false;
  bool keep_workspace = false;
  std::string state_folder;                  ///< absolute
  std::string previous_result;               ///< of the last completed run of this job; empty when there is none
  std::optional<std::string> restart_stage;  ///< Declarative restart: earlier top-level stages are skipped
  std::uint64_t restart_of = 0;              ///< number of the run that is restarted (restart.h); 0: none
  bool restart_with_stashes = false;

  // Budgets; 0 means the default of the evaluator.
  std::uint64_t max_instructions = 0;
  std::uint64_t max_bytes = 0;
  std::uint32_t max_depth = 0;
};

/// A plain value for the journal's sealed header, and back. Unknown members are ignored, missing ones keep defaults.
data::Value to_value(const RunInputs& inputs);
Result<RunInputs> run_inputs_from(const data::Value& value);

}  // namespace windlass::engine
