// Each effect that acts in a pod, performed both ways: by its function in this process, and by the program
// windlass-worker as a child that has nothing but the scripts it is given. Result, records, log, workspace and kept
// files must be equal.
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/json.h"
#include "proc/run_capture.h"
#include "proc/spawn.h"
#include "steps/remote_effect.h"
#include "steps/remote_files.h"
#include "steps/remote_push.h"
#include "steps/remote_request.h"
#include "steps/testing/fake_run.h"
#include "worker/perform.h"
#include "worker/pod_effects.h"

namespace windlass::worker {
namespace {

using data::Value;
using steps::FakeRun;
using steps::Outcome;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kOldTime = 1'600'000'000;  ///< of all files that a case begins with

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// The program as a child: what it printed, how it ended.
struct Child {
  std::string out, log;
  proc::ExitStatus status;
};

std::vector<std::string> worker_words(const std::string& script, const std::string& file) {
  const auto line = script.substr(0, script.find('\n'));
  const std::string begin = "#!" + std::string(steps::kWorkerProgram) + " ";
  EXPECT_TRUE(line.starts_with(begin)) << line;
  return {WINDLASS_WORKER, line.substr(std::min(begin.size(), line.size())), file};
}

proc::Process start_worker(const FakeRun& run, const std::string& script, const std::string& name) {
  const auto base = run.folder + "/" + name;
  write_file(base + ".sh", script);
  const proc::Fd out(::open((base + ".out").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const proc::Fd log(::open((base + ".log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  auto child = proc::spawn({.program = WINDLASS_WORKER,
                            .argv = worker_words(script, base + ".sh"),
                            .env = {},
                            .cwd = "/",
                            .new_session = true,
                            .fds = {{out.get(), 1}, {log.get(), 2}}});
  EXPECT_TRUE(child) << child.error().message;
  return std::move(*child);
}

Child end_worker(const FakeRun& run, proc::Process& process, const std::string& name) {
  const auto status = process.wait_for(std::chrono::minutes(2));
  EXPECT_TRUE(status.has_value()) << "the worker does not end";
  const auto base = run.folder + "/" + name;
  return {
      .out = read_file(base + ".out"), .log = read_file(base + ".log"), .status = status.value_or(proc::ExitStatus{})};
}

Child run_worker(const FakeRun& run, const std::string& script) {
  auto process = start_worker(run, script, "child");
  return end_worker(run, process, "child");
}

std::map<std::string, std::string> own_environment() { return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}}; }

/// An effect by the program, as the engine will do it.
Outcome perform_in_pod(FakeRun& run, const std::string& effect, const Value& arguments,
                       const std::string& key = "1:1") {
  steps::EffectContext context{.key = key, .step = effect, .place = run.place, .run = run};
  auto request = steps::make_request(context, effect, arguments, own_environment());
  if (!request) return std::unexpected(std::move(request).error());
  for (const auto& secret : request->secrets) run.mask(secret);
  steps::RemoteScripts scripts(std::move(*request));
  for (;;) {
    auto script = scripts.next();
    if (!script) return steps::abort_with("TEST: " + script.error().message);
    if (!*script) return steps::abort_with("TEST: no request among the scripts");
    const auto child = run_worker(run, **script);
    run.logged += child.log;
    steps::RunFolderSink sink(run);
    steps::OutputDecoder decoder({.effect = scripts.is_last() ? effect : ""}, sink);
    if (auto taken = decoder.push(child.out); !taken) return steps::abort_with("TEST: " + taken.error().message);
    for (const auto& secret : decoder.take_secrets()) run.mask(secret);
    auto outcome = decoder.outcome();
    if (!outcome || child.status.code != 0) return steps::missing_outcome(effect, "test", child.status.code);
    if (!*outcome) return *outcome;
    if (!scripts.is_last()) continue;
    if (auto stored = sink.finish(); !stored) return steps::abort_with("TEST: " + stored.error().message);
    auto settled = steps::settle_remote(context, effect, arguments, std::move(*outcome));
    if (settled) {
      for (const auto& record : settled->records) run.kept[record.kind][record.key] = record.payload;
    }
    return settled;
  }
}

// ---- comparing
// -------------------------------------------------------------------------------------------------------

/// One text for both ways: their folders have one name, files that travelled are where they are kept.
std::string plain(const FakeRun& run, std::string text) {
  for (std::size_t at = 0; (at = text.find(run.folder, at)) != std::string::npos;)
    text.replace(at, run.folder.size(), "F");
  text = std::regex_replace(text, std::regex("F/ws@tmp/worker-[0-9a-f-]+/files"), "F/run");
  // Times of files that the effect made.
  return std::regex_replace(text, std::regex(R"(odified":(?!1600000000000)[0-9]+)"), "odified\":NOW");
}

std::string tree(const std::string& folder) {
  std::vector<std::string> lines;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    const auto path = entry.path().string();
    const auto name = path.substr(folder.size() + 1);
    // Of git: times of its index, logs with times, hooks of the machine's template.
    if (name.find(".git/") != std::string::npos) continue;
    if (entry.is_symlink()) {
      lines.push_back(name + " -> " + std::filesystem::read_symlink(entry.path()).string());
    } else if (entry.is_regular_file()) {
      auto content = read_file(path);
      // Archives hold the times of the files that were packed; their content is compared where they are unpacked.
      if (name.ends_with(".zst") || name.ends_with(".zip") || name.ends_with("gz") || name.ends_with(".tar"))
        content = "?";
      lines.push_back(name + " " + std::to_string(FakeRun::mode_of(path)) + " " + content);
    } else {
      lines.push_back(name + "/");
    }
  }
  std::ranges::sort(lines);
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

std::string shown(const FakeRun& run, const Outcome& outcome) {
  if (!outcome) {
    return plain(run, outcome.error().java_class + ": " + outcome.error().message + " " +
                          data::format_json(outcome.error().fields));
  }
  std::string out = data::format_json(outcome->value) + "\n" + outcome->stage_result + " " + outcome->run_result + "\n";
  for (const auto& record : outcome->records) {
    out += record.kind + " " + record.key + " " + data::format_json(record.payload) + "\n";
  }
  return plain(run, std::move(out));
}

/// What the run keeps; folders without files and the repositories of checkouts are left out.
std::string kept_files(const FakeRun& run) {
  std::istringstream lines(plain(run, tree(run.folder + "/run")));
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with('/') && !line.starts_with("scm/")) out += line + "\n";
  }
  return out;
}

struct Case {
  std::string name;
  std::string effect;
  std::function<Value(FakeRun&)> prepare;  ///< makes the workspace; gives the arguments
  bool fails = false;
};

void old_times(const std::string& folder) {
  const timespec times[2] = {{.tv_sec = kOldTime, .tv_nsec = 0}, {.tv_sec = kOldTime, .tv_nsec = 0}};
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    ::utimensat(AT_FDCWD, entry.path().c_str(), times, AT_SYMLINK_NOFOLLOW);
  }
}

void set_up(FakeRun& run) {
  run.facts = {{"job", "folder/app"}, {"number", "7"}, {"run_folder", "/state/7"}, {"result", ""}};
  std::filesystem::create_directories(run.place.workspace_tmp);
}

void shell(const std::string& folder, const std::string& script) {
  const auto done =
      proc::run_capture({.argv = {"sh", "-ec", script},
                         .env = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + folder, "GIT_AUTHOR_NAME=A",
                                 "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=C", "GIT_COMMITTER_EMAIL=c@x",
                                 "GIT_AUTHOR_DATE=2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z"},
                         .cwd = folder});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->status.code, 0) << done->err;
}

Value user_login(const char* id) {
  return Value::map_of("id", id, "type", "usernamePassword", "username", "ann", "password", "pass word-1");
}

std::vector<Case> cases() {
  const auto with_file = [](const char* name, const char* text, Value arguments) {
    return [=](FakeRun& run) {
      run.write(name, text);
      return arguments;
    };
  };
  std::vector<Case> out;
  auto add = [&out](std::string name, std::string effect, std::function<Value(FakeRun&)> prepare, bool fails = false) {
    out.push_back({std::move(name), std::move(effect), std::move(prepare), fails});
  };
  // Files.
  add("ReadFile", "readFile", with_file("a.txt", "höllo\n", Value::map_of("file", "a.txt")));
  add("ReadFileOfOtherEncoding", "readFile",
      with_file("a.txt", "\xc4\xe3\xba\xc3", Value::map_of("file", "a.txt", "encoding", "GBK")));
  add("ReadFileAsBase64", "readFile", with_file("a", "\xff\x01", Value::map_of("file", "a", "encoding", "Base64")));
  add("ReadFileOfUnknownEncoding", "readFile", with_file("a", "x", Value::map_of("file", "a", "encoding", "NO-SUCH")),
      true);
  add("ReadNoFile", "readFile", [](FakeRun&) { return Value::map_of("file", "a", "encoding", "GBK"); }, true);
  add("WriteFile", "writeFile", [](FakeRun&) { return Value::map_of("file", "d/a.txt", "text", "höllo"); });
  add("WriteFileOfOtherEncoding", "writeFile",
      [](FakeRun&) { return Value::map_of("file", "a", "text", "h\xc3\xb6 \xe2\x82\xac", "encoding", "ISO-8859-1"); });
  add(
      "WriteFileOfUnknownEncoding", "writeFile",
      [](FakeRun&) { return Value::map_of("file", "a", "text", "x", "encoding", "NO-SUCH"); }, true);
  add("FileExists", "fileExists", with_file("a", "", Value::map_of("file", "a")));
  add("Find", "file.find", [](FakeRun& run) {
    run.write("a/b.txt", "1");
    run.write("a/c.log", "22");
    std::filesystem::create_symlink("b.txt", run.place.workspace + "/a/link.txt");
    return Value::map_of("glob", "**/*.txt");
  });
  add("FindAll", "file.find", with_file("d/x", "1", Value::map()));
  for (const char* algorithm : {"MD5", "SHA-1", "SHA-256", "SHA-512"}) {
    add("Digest" + std::string(algorithm).substr(0, 3) + std::string(algorithm).substr(3 + (algorithm[3] == '-')),
        "file.digest", with_file("a", "content", Value::map_of("file", "a", "algorithm", algorithm)));
  }
  add("Touch", "file.touch",
      [](FakeRun&) { return Value::map_of("file", "d/new", "timestamp", Value(std::int64_t{1'600'000'000'000})); });
  add("Manifest", "file.manifest", with_file("M.MF", "Main-Class: x\n", Value::map_of("file", "M.MF")));
  add("DeleteDir", "deleteDir", with_file("a/b", "1", Value::map()));
  add("CleanWorkspace", "cleanWs",
      with_file("a/b", "1", Value::map_of("patterns", Value::list_of(Value::map_of("pattern", "a/**")))));
  // Archives.
  add("Zip", "zip", with_file("in/a", "1", Value::map_of("zipFile", "o/x.zip", "dir", "in", "archive", true)));
  add("ZipOverwrites", "zip", with_file("x.zip", "1", Value::map_of("zipFile", "x.zip")), true);
  add("Tar", "tar", with_file("in/a", "1", Value::map_of("file", "x.tar.gz", "dir", "in")));
  add("Unzip", "unzip", [](FakeRun& run) {
    run.write("in/a.txt", "text");
    EXPECT_TRUE(run.perform("zip", Value::map_of("zipFile", "x.zip", "dir", "in"), "0:1"));
    run.logged.clear();
    return Value::map_of("zipFile", "x.zip", "dir", "out");
  });
  add("UnzipToRead", "unzip", [](FakeRun& run) {
    run.write("in/a.txt", "\xc4\xe3");
    EXPECT_TRUE(run.perform("zip", Value::map_of("zipFile", "x.zip", "dir", "in"), "0:1"));
    run.logged.clear();
    return Value::map_of("zipFile", "x.zip", "read", true, "charset", "GBK");
  });
  add("Untar", "untar", [](FakeRun& run) {
    run.write("in/a.txt", "text");
    EXPECT_TRUE(run.perform("tar", Value::map_of("file", "x.tgz", "dir", "in"), "0:1"));
    run.logged.clear();
    return Value::map_of("file", "x.tgz", "dir", "out");
  });
  add("UntarOfNoArchive", "untar", with_file("x.tgz", "this is no archive", Value::map_of("file", "x.tgz")), true);
  // What a run keeps.
  add("Stash", "stash", [](FakeRun& run) {
    run.write("a/b", "1");
    run.write("a/c", "2");
    return Value::map_of("name", "s", "includes", "a/**");
  });
  add("StashAgain", "stash", [](FakeRun& run) {
    run.write("a", "1");
    EXPECT_TRUE(run.perform("stash", Value::map_of("name", "s"), "0:1"));
    EXPECT_TRUE(run.perform("stash", Value::map_of("name", "s"), "0:2"));
    run.logged.clear();
    return Value::map_of("name", "s");
  });
  add("StashOfNothing", "stash", [](FakeRun&) { return Value::map_of("name", "s"); }, true);
  add("StashOfBadName", "stash", [](FakeRun&) { return Value::map_of("name", "a/b"); }, true);
  add("Unstash", "unstash", [](FakeRun& run) {
    run.write("a/b", "1");
    std::filesystem::create_symlink("b", run.place.workspace + "/a/link");
    EXPECT_TRUE(run.perform("stash", Value::map_of("name", "s"), "0:1"));
    run.logged.clear();
    std::filesystem::remove_all(run.place.workspace);
    return Value::map_of("name", "s");
  });
  add("UnstashOfNone", "unstash", [](FakeRun&) { return Value::map_of("name", "s"); }, true);
  add("Archive", "archiveArtifacts", [](FakeRun& run) {
    run.write("t/a.jar", "1");
    run.write("t/sub/b.jar", "");
    ::chmod((run.place.workspace + "/t/a.jar").c_str(), 0755);
    return Value::map_of("artifacts", "t/**", "fingerprint", true);
  });
  add("ArchiveOfNothing", "archiveArtifacts", with_file("t/a", "", Value::map_of("artifacts", "t/b/*.jar")), true);
  add("Fingerprint", "fingerprint", with_file("a", "1", Value::map_of("targets", "**")));
  add("Unarchive", "unarchive", [](FakeRun& run) {
    run.write("t/a.jar", "1");
    run.write("t/b.jar", "2");
    EXPECT_TRUE(run.perform("archiveArtifacts", Value::map_of("artifacts", "t/*"), "0:1"));
    run.logged.clear();
    return Value::map_of("mapping", Value::map_of("t/a.jar", "x/", "t/b.jar", "y.jar"));
  });
  add(
      "UnarchiveOfNothing", "unarchive", [](FakeRun&) { return Value::map_of("mapping", Value::map_of("a", "b")); },
      true);
  const auto other_run = [](FakeRun& run) {
    const auto files = run.folder + "/other";
    write_file(files + "/artifacts/d/a.jar", "of the other run");
    write_file(files + "/artifacts/d/b.txt", "text");
    old_times(files);
    const auto payload = Value::map_of("size", 1);
    run.other_runs.push_back(
        {.run = {.job = "folder/up", .number = 4, .result = "FAILURE"}, .record_kind = "artifact", .content = {}});
    run.other_runs.push_back(
        {.run = {.job = "folder/up", .number = 3, .result = "SUCCESS"},
         .record_kind = "artifact",
         .content = {
             .files = files, .parameters = {{"P", "1"}}, .records = {{"d/a.jar", payload}, {"d/b.txt", payload}}}});
  };
  add("CopyArtifacts", "copyArtifacts", [other_run](FakeRun& run) {
    other_run(run);
    return Value::map_of("projectName", "up", "filter", "**/*.jar", "parameters", "P=1", "target", "got");
  });
  add(
      "CopyArtifactsOfNoRun", "copyArtifacts",
      [other_run](FakeRun& run) {
        other_run(run);
        return Value::map_of("projectName", "up", "parameters", "P=2");
      },
      true);
  add("CopyArtifactsOfNoProject", "copyArtifacts", [](FakeRun&) { return Value::map_of("projectName", "none"); }, true);
  add("CopyArtifactsOfNoMatch", "copyArtifacts", [other_run](FakeRun& run) {
    other_run(run);
    return Value::map_of("projectName", "up", "filter", "x", "optional", true);
  });
  add("Junit", "junit", [](FakeRun& run) {
    run.write("r/TEST-a.xml",
              R"(<testsuite name="s"><testcase name="t"/><testcase name="u"><failure/></testcase></testsuite>)");
    run.write("r/TEST-b.xml", "<broken");
    return Value::map_of("testResults", "r/*.xml");
  });
  add("PublishHtml", "publishHTML", [](FakeRun& run) {
    write_file(run.folder + "/run/html/My_20Report/old.html", "of an earlier step");
    run.write("site/index.html", "<html>");
    run.write("site/css/a.css", "a");
    return Value::map_of("target", Value::map_of("reportName", "My Report", "reportDir", "site"));
  });
  add("PublishNoHtml", "publishHTML",
      [](FakeRun&) { return Value::map_of("target", Value::map_of("reportDir", "none")); });
  add("StoreReport", "report.store",
      with_file("r/x.xml", "<x/>", Value::map_of("type", "checkstyle", "patterns", Value::list_of("r/*.xml"))));
  // Version control.
  const auto repository = [](FakeRun& run) {
    std::filesystem::create_directories(run.folder + "/origin");
    shell(run.folder + "/origin",
          "git init -q -b main . && echo 1 > a && git add a && git commit -qm first && echo 2 > a && git commit -qam "
          "second");
    run.place.environment["HOME"] = run.folder;
    return Value::map_of("$class", "scmGit", "userRemoteConfigs",
                         Value::list_of(Value::map_of("url", run.folder + "/origin")), "branches",
                         Value::list_of(Value::map_of("name", "*/main")));
  };
  add("Checkout", "scm.checkout", [repository](FakeRun& run) {
    auto scm = repository(run);
    run.other_runs.push_back({.run = {.job = "folder/app", .number = 6, .result = "SUCCESS"},
                              .record_kind = "scm",
                              .content = {.records = {{run.folder + "/origin origin/main",
                                                       Value::map_of("revision", std::string(40, 'a'))}}}});
    return Value::map_of("scm", std::move(scm));
  });
  add(
      "CheckoutOfNoRepository", "scm.checkout",
      [repository](FakeRun& run) {
        auto scm = repository(run);
        std::filesystem::remove_all(run.folder + "/origin");
        return Value::map_of("scm", std::move(scm));
      },
      true);
  add("CheckoutOfNothing", "scm.checkout",
      [](FakeRun&) { return Value::map_of("scm", Value::map_of("$class", "none")); });
  const auto project = [](FakeRun& run, const std::string& folder) {
    run.place.environment["HOME"] = run.folder;
    const auto ask = [&](std::vector<std::string> words) {
      words.insert(words.begin(), {"git", "-C", folder});
      auto done =
          proc::run_capture({.argv = words, .env = {"PATH=/usr/local/bin:/usr/bin:/bin"}, .cwd = "/", .input = {}});
      return done ? done->out.substr(0, done->out.find('\n')) : "";
    };
    run.facts["scm_folder"] = folder;
    run.facts["scm_commit"] = ask({"rev-parse", "HEAD"});
    run.facts["scm_branch"] = "main";
    run.facts["scm_url"] = "https://example.org/app.git";
    return Value::map_of(
        "scm", Value::map_of("$class", "scmGit", "branches",
                             Value::list_of(Value::map_of("name", "*/main", "project", true)), "userRemoteConfigs",
                             Value::list_of(Value::map_of("url", "https://example.org/app.git", "project", true))));
  };
  add("CheckoutOfProject", "scm.checkout", [repository, project](FakeRun& run) {
    repository(run);
    write_file(run.folder + "/origin/a", "edited");
    write_file(run.folder + "/origin/d/new", "not committed");
    return project(run, run.folder + "/origin");
  });
  add("CheckoutOfShallowProject", "scm.checkout", [repository, project](FakeRun& run) {
    repository(run);
    shell(run.folder, "git clone -q --depth=1 file://" + run.folder + "/origin shallow");
    return project(run, run.folder + "/shallow");
  });
  add("Tool", "tool", [](FakeRun& run) {
    run.program("mvn", "exit 0");
    return Value::map_of("name", "maven-3", "type", "maven");
  });
  add("ToolGiven", "tool", [](FakeRun& run) {
    run.facts["tools"] = "jdk17\nother";
    run.facts["tool:jdk17"] = "/opt/jdk17";
    return Value::map_of("name", "jdk17");
  });
  add(
      "ToolUnknown", "tool",
      [](FakeRun& run) {
        run.facts["tools"] = "jdk17";
        run.facts["tool:jdk17"] = "/opt/jdk17";
        return Value::map_of("name", "jdk18", "type", "hudson.model.Unknown");
      },
      true);
  // Secrets.
  add("BindFile", "credentials.bind", [](FakeRun& run) {
    run.credentials = {Value::map_of("id", "f", "type", "file", "fileName", "key.txt", "content", "file content"),
                       user_login("u")};
    return Value::map_of(
        "bindings", Value::list_of(Value::map_of("$class", "file", "credentialsId", "f", "variable", "F"),
                                   Value::map_of("$class", "usernamePassword", "credentialsId", "u", "usernameVariable",
                                                 "U", "passwordVariable", "P")));
  });
  add("BindKey", "credentials.bind", [](FakeRun& run) {
    run.credentials = {Value::map_of("id", "k", "type", "sshUserPrivateKey", "username", "bob", "privateKey",
                                     "-----BEGIN X\n0123456789012345678901234567890123456789\n-----END X", "passphrase",
                                     "secret phrase")};
    return Value::map_of("bindings", Value::list_of(Value::map_of("$class", "sshUserPrivateKey", "credentialsId", "k",
                                                                  "keyFileVariable", "K")));
  });
  add(
      "BindUnknown", "credentials.bind",
      [](FakeRun&) {
        return Value::map_of("bindings", Value::list_of(Value::map_of("$class", "file", "credentialsId", "none")));
      },
      true);
  add("Release", "credentials.release", [](FakeRun& run) {
    const auto folder = run.place.workspace_tmp + "/secretFiles/01234567-89ab-4cde-8f01-23456789abcd";
    write_file(folder + "/key", "x");
    return Value::map_of("lease", Value::list_of(folder));
  });
  const auto ssh = [](FakeRun& run) {
    run.program("ssh-agent",
                "[ \"$1\" = -k ] && { echo 'Agent pid 5 killed'; exit 0; }\necho 'SSH_AGENT_PID=5; export x'");
    run.program("ssh-add", "echo \"added $(basename $1)\"");
    run.credentials = {
        Value::map_of("id", "k", "type", "sshUserPrivateKey", "username", "bob", "privateKey", "key text")};
  };
  add("SshAgent", "sshagent.start", [ssh](FakeRun& run) {
    ssh(run);
    // The socket's path does not depend on the test's folder where it is too long for one.
    return Value::map_of("credentials", Value::list_of("k"));
  });
  add(
      "SshAgentWithoutKey", "sshagent.start",
      [ssh](FakeRun& run) {
        ssh(run);
        return Value::map_of("credentials", Value::list_of("none"));
      },
      true);
  add("SshAgentStop", "sshagent.stop", [ssh](FakeRun& run) {
    ssh(run);
    return Value::map_of("lease", Value::map_of("pid", "5", "socket", "/none", "folder", ""));
  });
  add("KubeConfig", "kubeconfig.bind", [](FakeRun& run) {
    run.credentials = {Value::map_of("id", "t", "type", "string", "secret", "token-1")};
    return Value::map_of("credentialsId", "t", "serverUrl", "https://k");
  });
  add("ConfigFiles", "configfiles.provide", [](FakeRun& run) {
    run.credentials = {Value::map_of("id", "c", "type", "configFile", "name", "n.xml", "content", "<${X}/>")};
    run.place.environment["X"] = "y";
    return Value::map_of("files", Value::list_of(Value::map_of("fileId", "c", "replaceTokens", true, "variable", "V"),
                                                 Value::map_of("fileId", "c", "targetLocation", "d/")));
  });
  add("Maven", "maven.prepare", [](FakeRun& run) {
    run.program("mvn", "exit 0");
    run.credentials = {Value::map_of("id", "s", "type", "configFile", "content", "<settings/>")};
    return Value::map_of("mavenSettingsConfig", "s", "mavenLocalRepo", ".m2", "mavenOpts", "-Xmx1g");
  });
  add("DockerProgram", "docker.program", [](FakeRun& run) {
    run.program("docker", "exit 0");
    return Value::map();
  });
  add(
      "DockerMissing", "docker.program",
      [](FakeRun& run) {
        run.place.environment["PATH"] = run.folder;
        return Value::map();
      },
      true);
  add("DockerLogin", "docker.login", [](FakeRun& run) {
    run.program("docker", "cat > /dev/null; echo \"to $5: ok\"");
    run.credentials = {user_login("d")};
    return Value::map_of("credentialsId", "d", "url", "https://r");
  });
  add(
      "DockerLoginRefused", "docker.login",
      [](FakeRun& run) {
        run.program("docker", "cat; exit 1");
        run.credentials = {user_login("d")};
        return Value::map_of("credentialsId", "d");
      },
      true);
  add("DockerServer", "docker.server", [](FakeRun& run) {
    run.credentials = {Value::map_of("id", "c", "type", "dockerCert", "clientKey", "k", "clientCertificate", "c",
                                     "serverCaCertificate", "a")};
    return Value::map_of("uri", "tcp://h:1", "credentialsId", "c");
  });
  add("Deploy", "kubernetesDeploy", [](FakeRun& run) {
    run.program("kubectl", "cat; echo; echo \"$# words\"");
    run.write("k/a.yaml", "kind: $KIND");
    run.place.environment["KIND"] = "Job";
    return Value::map_of("configs", "k/*.yaml");
  });
  return out;
}

class BothWays : public ::testing::TestWithParam<Case> {};

TEST_P(BothWays, AreEqual) {
  const auto& one = GetParam();
  FakeRun here;
  FakeRun pod;
  for (auto* run : {&here, &pod}) set_up(*run);
  const auto here_arguments = one.prepare(here);
  const auto pod_arguments = one.prepare(pod);
  for (auto* run : {&here, &pod}) old_times(run->place.workspace);
  ASSERT_TRUE(steps::acts_in_pod(one.effect));

  const auto expected = here.perform(one.effect, here_arguments);
  const auto outcome = perform_in_pod(pod, one.effect, pod_arguments);

  EXPECT_EQ(expected.has_value(), !one.fails) << shown(here, expected);
  EXPECT_EQ(shown(pod, outcome), shown(here, expected));
  EXPECT_EQ(plain(pod, pod.masked(pod.logged)), plain(here, here.masked(here.logged)));
  EXPECT_EQ(plain(pod, tree(pod.place.workspace)), plain(here, tree(here.place.workspace)));
  // Notes of effects and secret files, and nothing of the worker.
  EXPECT_EQ(plain(pod, tree(pod.place.workspace_tmp)), plain(here, tree(here.place.workspace_tmp)));
  if (outcome) EXPECT_EQ(kept_files(pod), kept_files(here));
  for (const auto& secret : here.secrets) {
    EXPECT_TRUE(std::ranges::any_of(pod.secrets, [&](const auto& known) {
      return plain(pod, known) == plain(here, secret);
    })) << "a secret is not masked";
  }
}

INSTANTIATE_TEST_SUITE_P(Worker, BothWays, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

TEST(Worker, IsTestedWithEveryEffectItHas) {
  std::set<std::string> tested;
  for (const auto& one : cases()) tested.insert(one.effect);
  for (const auto& row : steps::effect_table()) {
    EXPECT_EQ(steps::acts_in_pod(row.name), find_pod_effect(row.name) != nullptr) << row.name;
    EXPECT_EQ(steps::acts_in_pod(row.name), tested.contains(std::string(row.name))) << row.name;
  }
  EXPECT_GE(tested.size(), 25U);
}

// ---- when things go wrong
// ---------------------------------------------------------------------------------------------

/// The scripts of an effect; the last one is the request.
std::vector<std::string> scripts_of(FakeRun& run, const std::string& effect, const Value& arguments) {
  steps::EffectContext context{.key = "1:1", .step = effect, .place = run.place, .run = run};
  auto request = steps::make_request(context, effect, arguments, own_environment());
  EXPECT_TRUE(request) << request.error().message;
  steps::RemoteScripts scripts(std::move(*request));
  std::vector<std::string> out;
  for (;;) {
    auto script = scripts.next();
    EXPECT_TRUE(script) << script.error().message;
    if (!script || !*script) return out;
    out.push_back(std::move(**script));
  }
}

std::optional<Outcome> outcome_in(const std::string& out, const std::string& effect, FakeRun& run) {
  steps::RunFolderSink sink(run);
  steps::OutputDecoder decoder({.effect = effect}, sink);
  auto taken = decoder.push(out);
  EXPECT_TRUE(taken) << taken.error().message;
  return decoder.outcome();
}

/// A docker that tells when it runs and then waits for good.
Value waiting_login(FakeRun& run) {
  EXPECT_EQ(::mkfifo((run.folder + "/began").c_str(), 0600), 0);
  run.program("docker", "cat > /dev/null; echo > '" + run.folder + "/began'; exec sleep 1000");
  run.credentials = {user_login("d")};
  return Value::map_of("credentialsId", "d", "url", "https://r");
}

void wait_until_it_began(const FakeRun& run) {
  const proc::Fd fifo(::open((run.folder + "/began").c_str(), O_RDONLY | O_CLOEXEC));
  char byte = 0;
  EXPECT_EQ(::read(fifo.get(), &byte, 1), 1);
}

TEST(Worker, EndsSoonWhenItIsAskedTo) {
  FakeRun run;
  set_up(run);
  const auto scripts = scripts_of(run, "docker.login", waiting_login(run));
  auto process = start_worker(run, scripts.back(), "child");
  wait_until_it_began(run);
  process.signal(SIGTERM);
  const auto child = end_worker(run, process, "child");
  EXPECT_EQ(child.status.code, 0);
  const auto outcome = outcome_in(child.out, "docker.login", run);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(*outcome);
  // The login's folder is given back.
  EXPECT_EQ(tree(run.place.workspace_tmp + "/secretFiles"), "");
}

TEST(Worker, IsPerformedAgainAfterItWasKilled) {
  FakeRun run;
  set_up(run);
  const auto arguments = waiting_login(run);
  const auto scripts = scripts_of(run, "docker.login", arguments);
  auto process = start_worker(run, scripts.back(), "child");
  wait_until_it_began(run);
  ::kill(-static_cast<pid_t>(process.pid()), SIGKILL);
  const auto killed = end_worker(run, process, "child");
  EXPECT_FALSE(outcome_in(killed.out, "docker.login", run));
  EXPECT_EQ(killed.status.code, 137);

  run.program("docker", "cat > /dev/null");
  const auto outcome = perform_in_pod(run, "docker.login", arguments);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(tree(run.place.workspace_tmp + "/secretFiles"), HasSubstr("config.json"));
}

TEST(Worker, ItsOutputMayEndAnywhere) {
  FakeRun run;
  set_up(run);
  run.write("a", std::string(300'000, 'x'));
  const auto scripts = scripts_of(run, "archiveArtifacts", Value::map_of("artifacts", "a"));
  const auto child = run_worker(run, scripts.back());
  for (std::size_t cut = 0; cut < child.out.size(); cut += 1 + child.out.size() / 50) {
    EXPECT_FALSE(outcome_in(child.out.substr(0, cut), "archiveArtifacts", run)) << cut;
  }
  // A server that was killed reads it again from its beginning.
  ASSERT_TRUE(outcome_in(child.out, "archiveArtifacts", run));
  EXPECT_EQ(read_file(run.folder + "/run/artifacts/a"), std::string(300'000, 'x'));
}

TEST(Worker, AnswersWhatItCannotRead) {
  FakeRun run;
  set_up(run);
  const std::string begin = "#!" + std::string(steps::kWorkerProgram) + " ";
  for (const auto& script :
       {begin + "perform\n", begin + "perform\nnonsense", begin + "put\n", begin + "put\n\xff\xff"}) {
    const auto child = run_worker(run, script);
    EXPECT_EQ(child.status.code, 0);
    const auto outcome = outcome_in(child.out, "", run);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(*outcome);
  }
  steps::RemoteRequest unknown{.effect = "mail", .place = run.place};
  const auto child = run_worker(run, steps::encode_request(unknown));
  const auto outcome = outcome_in(child.out, "mail", run);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_THAT((*outcome).error().message, HasSubstr("must be of one release"));
  // No script at all.
  EXPECT_EQ(run_worker(run, begin + "perform-at\n/none").status.code, 64);
}

TEST(Worker, SaysThatGitIsMissing) {
  FakeRun run;
  set_up(run);
  run.place.environment["PATH"] = run.folder;
  const auto outcome =
      perform_in_pod(run, "scm.checkout",
                     Value::map_of("scm", Value::map_of("$class", "scmGit", "userRemoteConfigs",
                                                        Value::list_of(Value::map_of("url", "https://h/r")), "branches",
                                                        Value::list_of(Value::map_of("name", "main")))));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "git is needed for this step and is not on the PATH of this node");
}

/// The worker as another user than this one's, where this one may do everything.
TEST(Worker, SaysWhoMayNotWrite) {
  if (::geteuid() != 0 || !proc::find_program("setpriv", "/usr/bin:/bin")) GTEST_SKIP() << "needs root and setpriv";
  FakeRun run;
  set_up(run);
  ::chmod(run.folder.c_str(), 0755);
  const auto worker = run.folder + "/windlass-worker";
  std::filesystem::copy_file(WINDLASS_WORKER, worker);
  const auto script = run.folder + "/request.sh";
  write_file(script, scripts_of(run, "writeFile", Value::map_of("file", "a", "text", "x")).back());
  ::chmod(script.c_str(), 0644);
  const auto done = proc::run_capture(
      {.argv = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", worker, "perform", script},
       .env = {"PATH=/usr/bin:/bin"},
       .cwd = "/",
       .input = {}});
  ASSERT_TRUE(done) << done.error().message;
  const auto outcome = outcome_in(done->out, "writeFile", run);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ((*outcome).error().java_class, "java.nio.file.AccessDeniedException");
  EXPECT_EQ(done->err, "ERROR: the user 65534 of this container may not write in " + run.place.workspace +
                           "; run it as the user of the agent's container, or set fsGroup in the pod's "
                           "securityContext\n");
}

TEST(Worker, NeedsNoExplanationWhereAllIsWell) {
  FakeRun run;
  EXPECT_EQ(explain_place(run.place), "");
  run.place.workspace += "/not/made/yet";
  EXPECT_EQ(explain_place(run.place), "");
  EXPECT_EQ(explain_place({}), "");
}

// ---- files on their way there
// -----------------------------------------------------------------------------------------

std::vector<std::string> pushes_of(const std::string& folder, std::vector<steps::RemoteInput> files) {
  steps::PushScripts scripts(folder, std::move(files));
  std::vector<std::string> out;
  for (;;) {
    auto script = scripts.next();
    EXPECT_TRUE(script) << script.error().message;
    if (!script || !*script) return out;
    out.push_back(std::move(**script));
  }
}

std::string push_error(FakeRun& run, const std::string& script) {
  const auto outcome = outcome_in(run_worker(run, script).out, "", run);
  EXPECT_TRUE(outcome);
  return outcome && !*outcome ? (*outcome).error().message : "";
}

TEST(Push, BringsFilesInPieces) {
  FakeRun run;
  std::string large;
  while (large.size() < 2 * steps::kPieceBytes + 1234) large += std::to_string(large.size()) + ",";
  run.write("large", large);
  run.write("d/small", "small");
  ::chmod((run.place.workspace + "/d/small").c_str(), 0755);
  run.write("empty", "");
  old_times(run.place.workspace);
  auto files = steps::inputs_below(run.place.workspace, "p");
  ASSERT_TRUE(files) << files.error().message;
  files->push_back({.source = {}, .path = "text", .content = "of no file"});
  const auto target = run.folder + "/there";
  const auto scripts = pushes_of(target, *files);
  EXPECT_EQ(scripts.size(), 3U);
  EXPECT_EQ(pushes_of(target, *files), scripts) << "a server that was killed makes the same";
  for (const auto& script : scripts) {
    EXPECT_LE(script.size(), steps::kMostScriptBytes);
    EXPECT_EQ(push_error(run, script), "");
    EXPECT_EQ(push_error(run, script), "") << "again";
  }
  EXPECT_EQ(push_error(run, scripts[1]), "") << "one of long ago";
  EXPECT_EQ(read_file(target + "/p/large"), large);
  EXPECT_EQ(read_file(target + "/p/d/small"), "small");
  EXPECT_EQ(FakeRun::mode_of(target + "/p/d/small"), 0755U);
  EXPECT_EQ(read_file(target + "/text"), "of no file");
  EXPECT_TRUE(std::filesystem::exists(target + "/p/empty"));
  struct stat info = {};
  ASSERT_EQ(::stat((target + "/p/large").c_str(), &info), 0);
  EXPECT_EQ(info.st_mtim.tv_sec, kOldTime);
}

TEST(Push, RefusesWhatWouldLeaveAGap) {
  FakeRun run;
  run.write("large", std::string(2 * steps::kPieceBytes, 'x'));
  const auto scripts = pushes_of(run.folder + "/there", {{.source = run.place.workspace + "/large", .path = "large"}});
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_THAT(push_error(run, scripts[1]), HasSubstr("a piece of large is missing: it ends at byte 0"));
}

TEST(Push, StaysInItsFolder) {
  FakeRun run;
  const auto target = run.folder + "/there";
  std::filesystem::create_directories(target);
  std::filesystem::create_symlink(run.folder, target + "/link");
  const auto piece = [](const char* path) {
    return steps::PutRequest{.folder = "", .pieces = {{.path = path, .size = 1, .total = 1}}, .content = "x"};
  };
  for (const char* path : {"../x", "/x", "", ".", "a/../../x"}) {
    auto put = piece(path);
    put.folder = target;
    EXPECT_NE(push_error(run, steps::encode_put(put)), "") << path;
  }
  auto put = piece("link/x");
  put.folder = target;
  EXPECT_NE(push_error(run, steps::encode_put(put)), "");
  EXPECT_FALSE(std::filesystem::exists(run.folder + "/x"));
  auto odd = piece("a");
  odd.folder = "relative";
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("no folder"));
  odd.folder = target;
  odd.pieces[0].size = 2;
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("without its place"));
  odd.pieces[0] = {.path = "a", .size = 0, .total = 0};
  EXPECT_THAT(push_error(run, steps::encode_put(odd)), HasSubstr("not as long as they say"));
}

TEST(Push, BringsARequestThatIsTooLargeForAScript) {
  FakeRun run;
  set_up(run);
  const std::string text(steps::kMostScriptBytes + 1, 't');
  const auto arguments = Value::map_of("file", "a", "text", text);
  EXPECT_EQ(scripts_of(run, "writeFile", arguments).size(), 3U);
  const auto outcome = perform_in_pod(run, "writeFile", arguments);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(run.read("a"), text);
  EXPECT_EQ(tree(run.place.workspace_tmp), "") << "the request is gone";
}

TEST(Push, BringsLargeTextsBack) {
  FakeRun run;
  set_up(run);
  const std::string text(20U << 20U, 'r');
  run.write("a", text);
  const auto outcome = perform_in_pod(run, "readFile", Value::map_of("file", "a"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->value.text(), text);
}

TEST(Request, TakesOnlyWhatTheEffectNeeds) {
  FakeRun run;
  set_up(run);
  run.facts["scm_folder"] = "/home/server/project";
  run.facts["state_folder"] = "/var/lib/windlass";
  run.credentials = {user_login("asked"), user_login("other")};
  run.kept["artifact"]["a"] = Value::map();
  steps::EffectContext context{.key = "1:1", .step = "x", .place = run.place, .run = run};
  const auto request = steps::make_request(context, "docker.login", Value::map_of("credentialsId", "asked"), {});
  ASSERT_TRUE(request);
  ASSERT_EQ(request->credentials.size(), 1U);
  EXPECT_THAT(request->secrets, ::testing::ElementsAre("pass word-1"));
  EXPECT_TRUE(request->records.empty());
  const auto document = steps::encode_request_document(*request);
  EXPECT_THAT(document, Not(HasSubstr("/home/server")));
  EXPECT_THAT(document, Not(HasSubstr("/var/lib")));
  EXPECT_FALSE(steps::make_request(context, "mail", Value::map(), {}));
}

TEST(Request, MasksWhatCredentialsHold) {
  FakeRun run;
  set_up(run);
  run.credentials = {
      Value::map_of("id", "k", "type", "sshUserPrivateKey", "privateKey",
                    "-----BEGIN KEY-----\n0123456789012345678901234567890123456789\n-----END KEY-----\n"),
      Value::map_of("id", "c", "type", "kubeconfig", "content",
                    "users: [{name: u, user: {token: token-of-kubeconfig}}]")};
  steps::EffectContext context{.key = "1:1", .step = "x", .place = run.place, .run = run};
  const auto request =
      steps::make_request(context, "sshagent.start", Value::map_of("credentials", Value::list_of("k", "c")), {});
  ASSERT_TRUE(request);
  EXPECT_THAT(request->secrets,
              ::testing::ElementsAre("0123456789012345678901234567890123456789", "token-of-kubeconfig"));
}

}  // namespace
}  // namespace windlass::worker
