// The `git` program run for one effect: a clean environment, credentials for as long as they are needed, the lines in
// the log that people know (` > git fetch … # timeout=10`), an end when the effect is cancelled.
//
// Not a library for repositories: what to ask of git, and in which order, is git_checkout.cc. Source: pipeline-language
// 6.4.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proc/run_capture.h"
#include "steps/effect.h"
#include "text/masker.h"

namespace windlass::steps {

/// Credentials of one remote as git takes them: programs and keys in a secret folder that lives as long as this object.
class GitAccess {
 public:
  /// No id: no credentials. An id that nobody knows is a line in the log and no credentials, as in Jenkins.
  static std::expected<std::unique_ptr<GitAccess>, StepError> make(EffectContext& context,
                                                                   const std::string& credentials_id,
                                                                   const std::string& url);
  GitAccess(const GitAccess&) = delete;
  GitAccess& operator=(const GitAccess&) = delete;
  ~GitAccess();

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& environment() const { return environment_; }
  [[nodiscard]] const std::shared_ptr<const text::SecretSet>& secrets() const { return secrets_; }
  /// What is said before the first use ("using GIT_ASKPASS to set credentials …"); empty without credentials.
  [[nodiscard]] const std::string& announcement() const { return announcement_; }

 private:
  GitAccess() = default;
  Result<void> set_login(const std::string& url, const std::string& user, const std::string& password);
  Result<void> set_key(const data::Value& credential);

  std::string folder_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::shared_ptr<const text::SecretSet> secrets_;
  std::string announcement_;
};

struct GitOptions {
  std::chrono::minutes limit{10};
  bool quiet = false;                       ///< nothing in the log
  std::vector<std::string> hidden = {};     ///< words before the command that the log does not show: -c core.x=y
  std::vector<std::string> variables = {};  ///< further "K=V"
  std::string input = {};
};

class GitClient {
 public:
  /// `folder` is where commands run; it must exist by then.
  GitClient(EffectContext& context, std::string folder);

  /// From now on commands use these credentials; null: none. Borrowed.
  void use(const GitAccess* access) { access_ = access; }
  void enter(std::string folder) { folder_ = std::move(folder); }
  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// Runs to the end, whatever the status. Errors: not_found (no git), unavailable (limit), cancelled.
  [[nodiscard]] Result<proc::Captured> run(const std::vector<std::string>& words, const GitOptions& options = {}) const;
  /// Standard output without its last newline. Errors: also unavailable with the text of a GitException.
  [[nodiscard]] Result<std::string> read(const std::vector<std::string>& words, const GitOptions& options = {}) const;
  /// Whether the command succeeded.
  [[nodiscard]] Result<bool> test(const std::vector<std::string>& words, const GitOptions& options = {}) const;

  /// Ends processes that an earlier, killed try of this very effect left behind.
  void end_leftovers() const;

 private:
  [[nodiscard]] std::string masked(std::string_view text) const;

  EffectContext& context_;
  std::string folder_;
  const GitAccess* access_ = nullptr;
};

/// The exception for a failed use of git: hudson.plugins.git.GitException for commands, AbortException for the rest.
std::unexpected<StepError> git_error(const Error& error);

/// A URL or name that git could take for an option is refused.
Result<void> check_git_argument(std::string_view what, std::string_view value);

}  // namespace windlass::steps
