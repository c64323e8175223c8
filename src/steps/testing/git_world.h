// Repositories for tests: a work tree that commits are made in, a bare repository that others fetch from, and that one
// behind `git http-backend`.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "proc/run_capture.h"
#include "steps/testing/fake_run.h"
#include "steps/testing/http_peer.h"

namespace windlass::steps {

/// Settings of nobody: tests must not see the git configuration of who runs them. Repositories of the same machine may
/// be submodules here.
inline const std::vector<std::pair<std::string, std::string>>& git_test_environment() {
  static const std::vector<std::pair<std::string, std::string>> list = {
      {"PATH", "/usr/local/bin:/usr/bin:/bin"},
      {"HOME", "/nonexistent"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_COUNT", "1"},
      {"GIT_CONFIG_KEY_0", "protocol.file.allow"},
      {"GIT_CONFIG_VALUE_0", "always"},
  };
  return list;
}

class GitWorld {
 public:
  explicit GitWorld(const std::string& folder) : work(folder + "/work"), bare(folder + "/origin.git") {
    std::filesystem::create_directories(work);
    git({"init", "--quiet", "--initial-branch=main", "."});
    git({"init", "--quiet", "--bare", "--initial-branch=main", bare});
    git({"remote", "add", "origin", bare});
  }

  /// Runs git in the work tree and gives what it printed, without the last newline.
  std::string git(const std::vector<std::string>& words) const {
    proc::CaptureOptions options;
    options.argv = {"git"};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    for (const auto& [name, value] : git_test_environment()) options.env.push_back(name + "=" + value);
    for (const auto* role : {"AUTHOR", "COMMITTER"}) {
      options.env.push_back("GIT_" + std::string(role) + "_NAME=Ann Author");
      options.env.push_back("GIT_" + std::string(role) + "_EMAIL=ann@example.org");
      options.env.push_back("GIT_" + std::string(role) + "_DATE=@" + std::to_string(1'700'000'000 + clock_) + " +0000");
    }
    ++clock_;
    options.cwd = work;
    auto done = proc::run_capture(options);
    EXPECT_TRUE(done && done->status.code == 0) << words[0] << ": " << (done ? done->err : done.error().text());
    if (!done) return "";
    if (done->out.ends_with('\n')) done->out.pop_back();
    return done->out;
  }

  void write(const std::string& path, std::string_view bytes) const {
    const auto whole = std::filesystem::path(work) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole, std::ios::binary) << bytes;
  }

  /// Writes the file, commits and pushes the current branch; gives the commit.
  std::string commit(const std::string& path, std::string_view bytes, const std::string& message) const {
    write(path, bytes);
    git({"add", "--all"});
    git({"commit", "--quiet", "-m", message});
    git({"push", "--quiet", "--force", "origin", "HEAD"});
    return git({"rev-parse", "HEAD"});
  }

  std::string work;
  std::string bare;

 private:
  mutable int clock_ = 0;
};

/// Serves the folder's repositories by the smart HTTP protocol; with a user, only to who gives that password.
class GitServer {
 public:
  explicit GitServer(std::string folder, std::string authorization = "")
      : folder_(std::move(folder)),
        authorization_(std::move(authorization)),
        peer_([this](const SeenRequest& request) { return answer(request); }) {}

  [[nodiscard]] std::string url(const std::string& path) const { return peer_.url("/" + path); }
  [[nodiscard]] std::vector<SeenRequest> seen() { return peer_.seen(); }

 private:
  PeerAnswer answer(const SeenRequest& request) const {
    const auto given = request.headers.find("authorization");
    if (!authorization_.empty() && (given == request.headers.end() || given->second != authorization_)) {
      return {.status = 401, .headers = {"WWW-Authenticate: Basic realm=\"test\""}};
    }
    proc::CaptureOptions options;
    options.argv = {"git", "http-backend"};
    for (const auto& [name, value] : git_test_environment()) options.env.push_back(name + "=" + value);
    const auto question = request.target.find('?');
    const auto header = [&request](const std::string& name) {
      const auto found = request.headers.find(name);
      return found == request.headers.end() ? std::string() : found->second;
    };
    for (const auto& variable :
         {"GIT_PROJECT_ROOT=" + folder_, std::string("GIT_HTTP_EXPORT_ALL=1"), "REQUEST_METHOD=" + request.method,
          "PATH_INFO=" + request.target.substr(0, question),
          "QUERY_STRING=" + (question == std::string::npos ? "" : request.target.substr(question + 1)),
          "CONTENT_TYPE=" + header("content-type"), "CONTENT_LENGTH=" + std::to_string(request.body.size()),
          "HTTP_CONTENT_ENCODING=" + header("content-encoding"), "GIT_PROTOCOL=" + header("git-protocol")}) {
      options.env.push_back(variable);
    }
    options.input = request.body;
    auto done = proc::run_capture(options);
    if (!done) return {.status = 500};
    const auto end = done->out.find("\r\n\r\n");
    PeerAnswer out;
    for (std::size_t at = 0; at < end && end != std::string::npos;) {
      const auto next = done->out.find("\r\n", at);
      const auto line = done->out.substr(at, next - at);
      if (line.starts_with("Status: ")) {
        out.status = std::stoi(line.substr(8));
      } else {
        out.headers.push_back(line);
      }
      at = next + 2;
    }
    out.body = end == std::string::npos ? "" : done->out.substr(end + 4);
    return out;
  }

  std::string folder_;
  std::string authorization_;
  HttpPeer peer_;
};

}  // namespace windlass::steps
