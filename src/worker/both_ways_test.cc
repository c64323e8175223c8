// Each effect that acts in a pod, performed both ways: by its function in this process, and by the program
// windlass-worker. Result, records, log, workspace and kept files must be equal.
#include <functional>
#include <gmock/gmock.h>
#include <set>

#include "worker/pod_effects.h"
#include "worker/testing/pod_child.h"

namespace windlass::worker {
namespace {

struct Case {
  std::string name;
  std::string effect;
  std::function<Value(FakeRun&)> prepare;  ///< makes the workspace; gives the arguments
  bool fails = false;
};

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

}  // namespace
}  // namespace windlass::worker
