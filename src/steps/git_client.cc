#include "steps/git_client.h"

#include <algorithm>
#include <filesystem>
#include <signal.h>

#include "proc/tree.h"
#include "steps/credential_store.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "text/shell_quote.h"

namespace windlass::steps {

namespace {

/// Variables that point git at another repository than the folder it runs in.
constexpr std::string_view kMisleading[] = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
};

std::string joined(const std::vector<std::string>& words) {
  std::string out = "git";
  for (const auto& word : words) out += " " + word;
  return out;
}

/// "host:port" of a URL, without user; empty for paths and scp-like addresses.
std::string authority_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  auto rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  return std::string(rest);
}

/// The password in "https://user:password@host/", or empty.
std::string password_in(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  auto rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  const auto at = rest.rfind('@');
  const auto colon = rest.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return "";
  return std::string(rest.substr(colon + 1, at - colon - 1));
}

std::string cookie_of(const EffectContext& context) { return "WINDLASS_EFFECT=" + effect_uuid(context, "git"); }

}  // namespace

std::expected<std::unique_ptr<GitAccess>, StepError> GitAccess::make(EffectContext& context,
                                                                     const std::string& credentials_id,
                                                                     const std::string& url) {
  std::unique_ptr<GitAccess> out(new GitAccess());
  std::vector<std::string> secrets;
  if (auto password = password_in(url); !password.empty()) secrets.push_back(std::move(password));
  auto credential = credentials_id.empty() ? std::nullopt : context.run.credential(credentials_id);
  const auto type = credential ? credential_type(*credential) : CredentialType::unknown;
  if (type != CredentialType::username_password && type != CredentialType::ssh_key) {
    if (!credentials_id.empty()) {
      log_line(context, "Warning: CredentialId \"" + credentials_id + "\" could not be found.");
    }
    out->secrets_ = text::SecretSet::make(secrets);
    return out;
  }
  // Outside of a node the files lie beside the run.
  EffectContext place{.key = context.key, .step = context.step, .place = context.place, .run = context.run};
  if (!place.place.has_node) {
    auto folder = context.run.run_folder("scm");
    if (!folder) return io_error(folder.error());
    place.place.has_node = true;
    place.place.workspace_tmp = *folder;
  }
  auto folder = make_secret_folder(place, "git " + credentials_id);
  if (!folder) return io_error(folder.error());
  out->folder_ = std::move(*folder);
  const auto description = credential->get_string("description");
  Result<void> made;
  if (type == CredentialType::ssh_key) {
    made = out->set_key(*credential);
    out->announcement_ = "using GIT_SSH to set credentials " + description;
    secrets.push_back(credential->get_string("passphrase"));
  } else {
    made = out->set_login(url, credential->get_string("username"), credential->get_string("password"));
    out->announcement_ = "using GIT_ASKPASS to set credentials " + description;
    secrets.push_back(credential->get_string("password"));
  }
  if (!made) return io_error(made.error());
  std::erase(secrets, "");
  out->secrets_ = text::SecretSet::make(secrets);
  return out;
}

/// Answers git's two questions, and only for the host that the credentials are meant for: a redirect to another one
/// gets nothing.
Result<void> GitAccess::set_login(const std::string& url, const std::string& user, const std::string& password) {
  const auto host = authority_of(url);
  std::string script = "#!/bin/sh\n";
  if (!host.empty()) script += "case \"$1\" in *" + text::shell_quote_always(host) + "*) ;; *) exit 1 ;; esac\n";
  script += "case \"$1\" in\n[Uu]sername*) printf '%s\\n' " + text::shell_quote_always(user) +
            " ;;\n*) printf '%s\\n' " + text::shell_quote_always(password) + " ;;\nesac\n";
  environment_.emplace_back("GIT_ASKPASS", WL_TRY(write_secret(folder_, "askpass", script, 0500)));
  return {};
}

Result<void> GitAccess::set_key(const data::Value& credential) {
  auto key = credential.get_string("privateKey");
  if (!key.ends_with('\n')) key += '\n';
  const auto file = WL_TRY(write_secret(folder_, "key", key));
  const auto passphrase = credential.get_string("passphrase");
  const auto user = credential.get_string("username");
  std::string command =
      "ssh -i " + text::shell_quote(file) + " -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new";
  if (!user.empty()) command += " -l " + text::shell_quote(user);
  if (passphrase.empty()) {
    command += " -o BatchMode=yes";
  } else {
    const auto script = "#!/bin/sh\nprintf '%s\\n' " + text::shell_quote_always(passphrase) + "\n";
    environment_.emplace_back("SSH_ASKPASS", WL_TRY(write_secret(folder_, "passphrase", script, 0500)));
    environment_.emplace_back("SSH_ASKPASS_REQUIRE", "force");
    environment_.emplace_back("DISPLAY", ":0");
  }
  environment_.emplace_back("GIT_SSH_COMMAND", command);
  return {};
}

GitAccess::~GitAccess() {
  // What cannot be removed now is removed by the next try of the effect, or goes with the workspace.
  if (!folder_.empty()) static_cast<void>(remove_secret_folder(folder_));
}

GitClient::GitClient(EffectContext& context, std::string folder) : context_(context), folder_(std::move(folder)) {}

std::string GitClient::masked(std::string_view text) const {
  if (access_ == nullptr || access_->secrets()->empty()) return std::string(text);
  return text::mask_all(*access_->secrets(), text);
}

Result<proc::Captured> GitClient::run(const std::vector<std::string>& words, const GitOptions& options) const {
  auto variables = context_.place.environment;
  for (const auto name : kMisleading) variables.erase(std::string(name));
  variables["GIT_TERMINAL_PROMPT"] = "0";
  variables["GIT_CEILING_DIRECTORIES"] = std::filesystem::path(folder_).parent_path().string();
  // An askpass of the script's own (withCredentials, sshagent) stays; a desktop's dialog does not come up.
  variables.try_emplace("GIT_ASKPASS", "");
  variables.try_emplace("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new");
  proc::CaptureOptions capture;
  capture.argv = {"git"};
  if (access_ != nullptr && !access_->announcement().empty()) {
    for (const auto& [name, value] : access_->environment()) variables[name] = value;
    capture.argv.insert(capture.argv.end(), {"-c", "credential.helper="});
  }
  capture.argv.insert(capture.argv.end(), options.hidden.begin(), options.hidden.end());
  capture.argv.insert(capture.argv.end(), words.begin(), words.end());
  for (const auto& [name, value] : variables) capture.env.push_back(name + "=" + value);
  capture.env.insert(capture.env.end(), options.variables.begin(), options.variables.end());
  capture.env.push_back(cookie_of(context_));
  capture.cwd = folder_;
  capture.input = options.input;
  capture.limit = options.limit;
  capture.cancelled = [this] { return context_.run.cancelled(); };
  if (!options.quiet) {
    log_line(context_, masked(" > " + joined(words) + " # timeout=" + std::to_string(options.limit.count())));
  }
  auto captured = proc::run_capture(capture);
  if (captured) return captured;
  auto error = std::move(captured).error();
  if (error.kind == ErrorKind::timeout) {
    return fail(ErrorKind::unavailable, masked("Command \"" + joined(words) + "\" was stopped after " +
                                               std::to_string(options.limit.count()) + " minutes"));
  }
  if (error.kind == ErrorKind::not_found && error.message.find("git") != std::string::npos) {
    return fail(ErrorKind::not_found, "git is needed for this step and is not on the PATH of this node");
  }
  return fail(std::move(error));
}

Result<std::string> GitClient::read(const std::vector<std::string>& words, const GitOptions& options) const {
  auto captured = WL_TRY(run(words, options));
  if (captured.status.code != 0) {
    return fail(ErrorKind::unavailable, masked("Command \"" + joined(words) + "\" returned status code " +
                                               std::to_string(captured.status.code) + ":\nstdout: " + captured.out +
                                               "\nstderr: " + captured.err));
  }
  if (captured.out.ends_with('\n')) captured.out.pop_back();
  return std::move(captured.out);
}

Result<bool> GitClient::test(const std::vector<std::string>& words, const GitOptions& options) const {
  auto captured = WL_TRY(run(words, options));
  return captured.status.code == 0;
}

void GitClient::end_leftovers() const { proc::signal_tree({.cookie = cookie_of(context_)}, SIGKILL); }

std::unexpected<StepError> git_error(const Error& error) {
  if (error.kind == ErrorKind::unavailable) return throw_with("hudson.plugins.git.GitException", error.message);
  return abort_with(error.message);
}

Result<void> check_git_argument(std::string_view what, std::string_view value) {
  if (value.starts_with('-') || value.find('\0') != std::string_view::npos ||
      value.find('\n') != std::string_view::npos) {
    return fail(ErrorKind::invalid, std::string(what) + " cannot be used: " + std::string(value.substr(0, 200)));
  }
  return {};
}

}  // namespace windlass::steps
