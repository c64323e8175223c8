// Checkouts by the real git against real repositories: by path and by HTTP, with and without credentials; and the local
// project with what is not committed.
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "steps/git_changes.h"
#include "steps/git_fetch.h"
#include "steps/git_form.h"
#include "steps/testing/git_world.h"

namespace windlass::steps {
namespace {

using data::Value;

class Scm : public ::testing::Test {
 protected:
  Scm() : world(run.folder) {
    for (const auto& [name, value] : git_test_environment()) run.place.environment[name] = value;
    run.facts["job"] = "app";
    run.facts["number"] = "7";
    run.facts["run_folder"] = run.folder + "/run";
    first = world.commit("a.txt", "one", "first\n\nmore words");
  }

  static Value form(const std::string& url, const std::string& branch = "*/main", Value extensions = Value::list()) {
    return Value::map_of("$class", "scmGit", "branches", Value::list_of(Value::map_of("name", branch)),
                         "userRemoteConfigs", Value::list_of(Value::map_of("url", url)), "extensions",
                         std::move(extensions));
  }
  Outcome check_out(Value scm) {
    run.logged.clear();
    return run.perform("scm.checkout", Value::map_of("scm", std::move(scm)), "1:" + std::to_string(++ordinal));
  }
  /// Variables of a checkout that must succeed.
  Value variables(Value scm) {
    auto done = check_out(std::move(scm));
    if (!done) {
      ADD_FAILURE() << done.error().java_class << ": " << done.error().message << "\n" << run.logged;
      return Value::map();
    }
    return *done->value.find("variables");
  }
  std::string error(Value scm) {
    auto done = check_out(std::move(scm));
    return done ? "" : done.error().java_class + ": " + done.error().message;
  }
  std::string git_in(const std::string& folder, std::vector<std::string> words) const {
    words.insert(words.begin(), {"-C", folder});
    return world.git(words);
  }
  void use_project() {
    run.facts["scm_folder"] = world.work;
    run.facts["scm_commit"] = world.git({"rev-parse", "HEAD"});
    run.facts["scm_branch"] = world.git({"rev-parse", "--abbrev-ref", "HEAD"});
    run.facts["scm_url"] = "https://example.org/app.git";
  }
  static Value project(Value extensions = Value::list()) {
    return Value::map_of("$class", "scmGit", "branches",
                         Value::list_of(Value::map_of("name", "*/main", "project", true)), "userRemoteConfigs",
                         Value::list_of(Value::map_of("url", "https://example.org/app.git", "project", true)),
                         "extensions", std::move(extensions));
  }

  FakeRun run;
  GitWorld world;
  std::string first;
  int ordinal = 0;
};

TEST_F(Scm, ClonesAndFetches) {
  const auto& ws = run.place.workspace;
  run.write("left over", "x");
  auto got = variables(form(world.bare));
  EXPECT_EQ(run.read("a.txt"), "one");
  EXPECT_FALSE(run.exists("left over"));
  EXPECT_EQ(got.get_string("GIT_COMMIT"), first);
  EXPECT_EQ(got.get_string("GIT_BRANCH"), "origin/main");
  EXPECT_EQ(got.get_string("GIT_LOCAL_BRANCH"), "main");
  EXPECT_EQ(got.get_string("GIT_URL"), world.bare);
  EXPECT_EQ(got.get_string("GIT_AUTHOR_NAME"), "Ann Author");
  EXPECT_EQ(got.find("GIT_PREVIOUS_COMMIT"), nullptr);
  EXPECT_EQ(run.logged,
            "The recommended git tool is: NONE\nNo credentials specified\nCloning the remote Git repository\n"
            "Cloning repository " +
                world.bare + "\n > git init " + ws +
                " # timeout=10\n"
                " > git config remote.origin.url " +
                world.bare +
                " # timeout=10\n"
                " > git config --add remote.origin.fetch +refs/heads/*:refs/remotes/origin/* # timeout=10\n"
                "Fetching upstream changes from " +
                world.bare +
                "\n"
                " > git fetch --tags --force --progress -- " +
                world.bare +
                " +refs/heads/*:refs/remotes/origin/* # timeout=10\n"
                " > git rev-parse refs/remotes/origin/main^{commit} # timeout=10\n"
                "Checking out Revision " +
                first +
                " (refs/remotes/origin/main)\n"
                " > git config core.sparsecheckout # timeout=10\n > git checkout -f " +
                first +
                " # timeout=10\n"
                "Commit message: \"first\"\nFirst time build. Skipping changelog.\n");
  EXPECT_EQ(git_in(ws, {"status", "--porcelain"}), "");

  const auto second = world.commit("a.txt", "two", "second");
  run.write("build.log", "kept");
  EXPECT_EQ(variables(form(world.bare)).get_string("GIT_COMMIT"), second);
  EXPECT_EQ(run.read("a.txt"), "two");
  EXPECT_TRUE(run.exists("build.log"));
  EXPECT_NE(run.logged.find("Fetching changes from the remote Git repository\n"), std::string::npos);
}

TEST_F(Scm, FindsTheRevisionAsWritten) {
  world.git({"tag", "v1"});
  world.git({"push", "--quiet", "origin", "v1"});
  world.git({"checkout", "--quiet", "-b", "feature/x"});
  const auto feature = world.commit("f.txt", "f", "feature");
  world.git({"push", "--quiet", "origin", "HEAD:refs/pull/5/head"});
  auto commit = [&](const std::string& branch) { return variables(form(world.bare, branch)).get_string("GIT_COMMIT"); };
  EXPECT_EQ(commit("main"), first);
  EXPECT_EQ(commit("origin/main"), first);
  EXPECT_EQ(commit("refs/heads/feature/x"), feature);
  EXPECT_EQ(commit("*/feature/x"), feature);
  EXPECT_EQ(commit("feature/*"), feature);
  EXPECT_EQ(commit("**"), feature);
  EXPECT_EQ(commit("refs/tags/v1"), first);
  EXPECT_EQ(commit("v1"), first);
  EXPECT_EQ(commit(feature), feature);
  EXPECT_EQ(commit(first.substr(0, 10)), first);
  run.place.environment["BRANCH"] = "feature/x";
  EXPECT_EQ(commit("${BRANCH}"), feature);
  EXPECT_EQ(variables(form(world.bare, "v1")).get_string("GIT_BRANCH"), "refs/tags/v1");
  EXPECT_EQ(variables(form(world.bare, first)).get_string("GIT_BRANCH"), "detached");
  EXPECT_EQ(error(form(world.bare, "nope")),
            "hudson.AbortException: Couldn't find any revision to build. Verify the repository and branch "
            "configuration for this job.");

  auto pull = form(world.bare, "pr/5");
  pull.set("userRemoteConfigs", Value::list_of(Value::map_of("url", world.bare, "name", "up", "refspec",
                                                             "+refs/pull/*/head:refs/remotes/up/pr/*")));
  auto got = variables(pull);
  EXPECT_EQ(got.get_string("GIT_COMMIT"), feature);
  EXPECT_EQ(got.get_string("GIT_BRANCH"), "up/pr/5");
}

TEST_F(Scm, MakesALocalBranch) {
  auto local = [](const char* name) {
    return Value::list_of(Value::map_of("$class", "localBranch", "localBranch", name));
  };
  variables(form(world.bare, "main", local("main")));
  EXPECT_EQ(git_in(run.place.workspace, {"rev-parse", "--abbrev-ref", "HEAD"}), "main");
  const auto second = world.commit("a.txt", "two", "second");
  variables(form(world.bare, "main", local("**")));
  EXPECT_EQ(git_in(run.place.workspace, {"rev-parse", "main"}), second);
  EXPECT_EQ(git_in(run.place.workspace, {"rev-parse", "--abbrev-ref", "HEAD"}), "main");
}

TEST_F(Scm, ShallowSparseWithoutTagsIntoAFolder) {
  world.git({"tag", "v1"});
  world.git({"push", "--quiet", "origin", "v1"});
  world.write("lib/deep/x.c", "x");
  world.commit("docs/readme", "r", "second");
  auto extensions = Value::list_of(
      Value::map_of("$class", "cloneOption", "shallow", true, "depth", 1, "noTags", true, "timeout", 3),
      Value::map_of("$class", "sparseCheckout", "sparseCheckoutPaths", Value::list_of(Value::map_of("path", "lib/"))),
      Value::map_of("$class", "RelativeTargetDirectory", "relativeTargetDir", "sub/src"),
      Value::map_of("$class", "userIdentity", "name", "Bot", "email", "bot@example.org"),
      Value::map_of("$class", "DisableRemotePoll"), Value::map_of("$class", "Invented"));
  auto got = variables(form("file://" + world.bare, "main", extensions));
  const auto folder = run.place.workspace + "/sub/src";
  EXPECT_EQ(git_in(folder, {"rev-list", "--count", "HEAD"}), "1");
  EXPECT_EQ(git_in(folder, {"tag"}), "");
  EXPECT_TRUE(run.exists("sub/src/lib/deep/x.c"));
  EXPECT_FALSE(run.exists("sub/src/docs"));
  EXPECT_EQ(got.get_string("GIT_CHECKOUT_DIR"), "sub/src");
  EXPECT_EQ(got.get_string("GIT_COMMITTER_NAME"), "Bot");
  EXPECT_NE(run.logged.find("Using shallow clone with depth 1\nAvoid fetching tags\n"), std::string::npos);
  EXPECT_NE(run.logged.find("--no-tags --force --progress --depth=1 -- "), std::string::npos);
  EXPECT_NE(run.logged.find("# timeout=3\n"), std::string::npos);
  EXPECT_NE(run.logged.find("WARNING: the git extension Invented is not offered"), std::string::npos);
  // Without the extension the whole tree comes back.
  variables(form("file://" + world.bare, "main",
                 Value::list_of(Value::map_of("$class", "RelativeTargetDirectory", "relativeTargetDir", "sub/src"))));
  EXPECT_TRUE(run.exists("sub/src/docs/readme"));
}

TEST_F(Scm, CleansAndWipes) {
  world.write(".gitignore", "*.o\n");
  world.commit("a.txt", "one", "ignore");
  variables(form(world.bare));
  run.write("x.o", "");
  run.write("new.txt", "");
  run.write("a.txt", "changed");
  variables(form(world.bare, "main", Value::list_of(Value::map_of("$class", "cleanBeforeCheckout"))));
  EXPECT_FALSE(run.exists("x.o"));
  EXPECT_FALSE(run.exists("new.txt"));
  EXPECT_EQ(run.read("a.txt"), "one");
  EXPECT_NE(run.logged.find("Cleaning workspace\n > git rev-parse --verify HEAD # timeout=10\nResetting working tree\n"
                            " > git reset --hard # timeout=10\n > git clean -fdx # timeout=10\n"),
            std::string::npos);
  run.write("x.o", "");
  variables(form(world.bare, "main", Value::list_of(Value::map_of("$class", "cleanAfterCheckout"))));
  EXPECT_FALSE(run.exists("x.o"));
  run.write("x.o", "");
  variables(form(world.bare, "main", Value::list_of(Value::map_of("$class", "WipeWorkspace"))));
  EXPECT_FALSE(run.exists("x.o"));
  EXPECT_NE(run.logged.find("Wiping out workspace first.\nCloning the remote"), std::string::npos);
}

TEST_F(Scm, PrunesBranchesThatAreGone) {
  world.git({"push", "--quiet", "origin", "HEAD:old"});
  variables(form(world.bare));
  world.git({"push", "--quiet", "origin", ":old"});
  variables(form(world.bare));
  EXPECT_NE(git_in(run.place.workspace, {"branch", "-r"}).find("origin/old"), std::string::npos);
  variables(form(world.bare, "main", Value::list_of(Value::map_of("$class", "pruneStaleBranch"))));
  EXPECT_EQ(git_in(run.place.workspace, {"branch", "-r"}).find("origin/old"), std::string::npos);
}

TEST_F(Scm, MergesBeforeTheBuild) {
  world.git({"checkout", "--quiet", "-b", "topic"});
  world.commit("t.txt", "t", "topic");
  world.git({"checkout", "--quiet", "main"});
  const auto second = world.commit("b.txt", "b", "second");
  auto merge = Value::list_of(Value::map_of("$class", "preBuildMerge", "options",
                                            Value::map_of("mergeRemote", "origin", "mergeTarget", "main")));
  auto got = variables(form(world.bare, "topic", merge));
  EXPECT_TRUE(run.exists("t.txt"));
  EXPECT_TRUE(run.exists("b.txt"));
  EXPECT_EQ(git_in(run.place.workspace, {"rev-parse", "HEAD^1"}), second);
  EXPECT_EQ(git_in(run.place.workspace, {"rev-parse", "HEAD"}), got.get_string("GIT_COMMIT"));
  world.git({"checkout", "--quiet", "topic"});
  world.commit("b.txt", "other", "conflict");
  EXPECT_TRUE(error(form(world.bare, "topic", merge))
                  .starts_with("hudson.AbortException: Branch not suitable for integration as it fails merge"));
}

TEST_F(Scm, BringsSubmodules) {
  GitWorld part(run.folder + "/part");
  part.commit("part.txt", "p", "part");
  world.git({"submodule", "--quiet", "add", part.bare, "libs/part"});
  world.commit("a.txt", "one", "with a part");
  variables(form(world.bare));
  EXPECT_FALSE(run.exists("libs/part/part.txt"));
  variables(
      form(world.bare, "main", Value::list_of(Value::map_of("$class", "submodule", "recursiveSubmodules", true))));
  EXPECT_EQ(run.read("libs/part/part.txt"), "p");
  EXPECT_NE(run.logged.find(" > git submodule update --init --recursive # timeout=10\n"), std::string::npos);
}

TEST_F(Scm, SaysWhyARepositoryCannotBeCloned) {
  const auto missing = run.folder + "/no.git";
  EXPECT_EQ(error(form(missing)), "hudson.AbortException: Error cloning remote repo 'origin'");
  EXPECT_NE(run.logged.find("ERROR: Error cloning remote repo 'origin'\nhudson.plugins.git.GitException: Command \"git "
                            "fetch --tags --force --progress -- " +
                            missing),
            std::string::npos);
  EXPECT_NE(run.logged.find("returned status code 128:\nstdout: \nstderr: fatal: "), std::string::npos);
  EXPECT_EQ(error(form("--upload-pack=touch x")),
            "hudson.AbortException: the url of the repository cannot be used: --upload-pack=touch x");
  EXPECT_EQ(error(form(world.bare, "--orphan")), "hudson.AbortException: the branch cannot be used: --orphan");
  EXPECT_EQ(error(Value::map_of("$class", "hg", "source", "x")),
            "hudson.AbortException: checkouts of the kind hg are not offered; use git or svn, or call the program of "
            "that system with sh");
}

TEST_F(Scm, LeavesFoldersAloneThatAreNoneOfOurs) {
  FakeRun other;
  other.write("precious", "p");
  run.place.cwd = other.place.workspace;
  EXPECT_TRUE(error(form(world.bare)).find("is not emptied for a checkout") != std::string::npos);
  EXPECT_EQ(other.read("precious"), "p");
}

TEST_F(Scm, GivesCredentialsToTheirHostOnlyAndKeepsThemOutOfTheLog) {
  // "ann:sesame-7" in base64.
  GitServer server(run.folder, "Basic YW5uOnNlc2FtZS03");
  const auto url = server.url("origin.git");
  auto with = [&](const char* id) {
    auto scm = form(url);
    scm.set("userRemoteConfigs", Value::list_of(Value::map_of("url", url, "credentialsId", id)));
    return scm;
  };
  run.credentials = {Value::map_of("id", "good", "type", "usernamePassword", "username", "ann", "password", "sesame-7"),
                     Value::map_of("id", "bad", "type", "usernamePassword", "username", "ann", "password", "wrong-7")};
  EXPECT_EQ(variables(with("good")).get_string("GIT_COMMIT"), first);
  EXPECT_NE(run.logged.find("using credential good\n"), std::string::npos);
  EXPECT_NE(run.logged.find("using GIT_ASKPASS to set credentials"), std::string::npos);
  EXPECT_EQ(run.logged.find("sesame"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
  std::filesystem::remove_all(run.place.workspace);
  EXPECT_EQ(error(with("bad")), "hudson.AbortException: Error cloning remote repo 'origin'");
  EXPECT_NE(run.logged.find("Authentication failed"), std::string::npos);
  EXPECT_EQ(run.logged.find("wrong-7"), std::string::npos);
  std::filesystem::remove_all(run.place.workspace);
  EXPECT_EQ(error(with("none")), "hudson.AbortException: Error cloning remote repo 'origin'");
  EXPECT_NE(run.logged.find("Warning: CredentialId \"none\" could not be found.\n"), std::string::npos);
  EXPECT_NE(run.logged.find("terminal prompts disabled"), std::string::npos);
  // A password in the address is no secret of ours, but it is one.
  EXPECT_EQ(variables(form("http://ann:sesame-7@" + url.substr(7))).get_string("GIT_COMMIT"), first);
  EXPECT_EQ(run.logged.find("sesame"), std::string::npos);
}

TEST_F(Scm, LogsInWithAKeyThatIsGoneAfterwards) {
  // Stands for ssh: notes how it was called and what it finds, then is the server itself.
  const auto bin = run.folder + "/bin";
  std::filesystem::create_directories(bin);
  std::ofstream(bin + "/ssh") << "#!/bin/sh\n"
                                 "echo \"$@\" > \"$NOTES\"\n"
                                 "stat -c %a \"$2\" >> \"$NOTES\"; cat \"$2\" >> \"$NOTES\"\n"
                                 "\"$SSH_ASKPASS\" 'Enter passphrase' >> \"$NOTES\"\n"
                                 "for last; do :; done\n"
                                 "exec sh -c \"$last\"\n";
  std::filesystem::permissions(bin + "/ssh", std::filesystem::perms::owner_all);
  run.place.environment["PATH"] = bin + ":/usr/bin:/bin";
  run.place.environment["NOTES"] = run.folder + "/notes";
  run.credentials = {Value::map_of("id", "key", "type", "sshUserPrivateKey", "username", "deploy", "privateKey",
                                   "KEY-MATERIAL", "passphrase", "open-sesame")};
  auto scm = form("git@example.org:" + world.bare);
  scm.set("userRemoteConfigs",
          Value::list_of(Value::map_of("url", "git@example.org:" + world.bare, "credentialsId", "key")));
  EXPECT_EQ(variables(scm).get_string("GIT_COMMIT"), first);
  std::ifstream in(run.folder + "/notes");
  const std::string notes(std::istreambuf_iterator<char>(in), {});
  EXPECT_NE(notes.find("IdentitiesOnly=yes"), std::string::npos);
  EXPECT_NE(notes.find("-l deploy"), std::string::npos);
  EXPECT_NE(notes.find("\n400\nKEY-MATERIAL\nopen-sesame\n"), std::string::npos) << notes;
  EXPECT_NE(run.logged.find("using GIT_SSH to set credentials"), std::string::npos);
  EXPECT_EQ(run.logged.find("sesame"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
}

TEST_F(Scm, ShowsTheChangesSinceTheLastRun) {
  auto done = check_out(form(world.bare));
  ASSERT_TRUE(done);
  run.other_runs.push_back({{"app", 6, "FAILURE"}, "scm", {"", {}, {}}});
  for (const auto& [key, value] : run.kept["scm"]) run.other_runs.back().content.records.emplace_back(key, value);
  world.commit("dir/b.txt", "b", "add b\n\nbecause");
  world.git({"mv", "a.txt", "c.txt"});
  const auto third = world.commit("dir/b.txt", "bb", "move a");
  done = check_out(form(world.bare));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->value.find("variables")->get_string("GIT_PREVIOUS_COMMIT"), first);
  EXPECT_EQ(done->value.find("variables")->find("GIT_PREVIOUS_SUCCESSFUL_COMMIT"), nullptr);
  auto sets = run.perform("scm.changes", Value::map())->value;
  ASSERT_EQ(sets.size(), 1U);
  const auto& items = sets.items()[0].find("items")->items();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].get_string("commitId"), third);
  EXPECT_EQ(items[0].get_string("msg"), "move a");
  EXPECT_EQ(*items[0].find("paths"), Value::list_of("a.txt", "c.txt", "dir/b.txt"));
  EXPECT_EQ(items[1].get_string("comment"), "add b\n\nbecause\n");
  EXPECT_EQ(items[1].find("author")->get_string("fullName"), "Ann Author");
  EXPECT_EQ(items[1].find("affectedFiles")->items()[0].find("editType")->get_string("name"), "add");
  // The same commits by a second checkout count once.
  ASSERT_TRUE(check_out(form(world.bare)));
  EXPECT_EQ(run.perform("scm.changes", Value::map())->value.items()[0].find("items")->size(), 2U);
}

TEST_F(Scm, TakesTheProjectAsItIsWhenTheRunBegins) {
  world.write(".gitignore", "ignored\n");
  world.write("gone.txt", "g");
  const auto head = world.commit("bin/tool", "#!/bin/sh\n", "second");
  const auto tree = world.git({"rev-parse", "HEAD^{tree}"});
  world.git({"tag", "v2"});
  use_project();
  world.write("a.txt", "edited");
  world.write("new/file.txt", "new");
  world.write("ignored", "i");
  std::filesystem::remove(world.work + "/gone.txt");
  const auto status = world.git({"status", "--porcelain"});
  auto got = variables(project());
  EXPECT_EQ(got.get_string("GIT_COMMIT"), head);
  EXPECT_EQ(got.get_string("GIT_BRANCH"), "origin/main");
  EXPECT_EQ(got.get_string("GIT_LOCAL_BRANCH"), "main");
  EXPECT_EQ(got.get_string("GIT_URL"), "https://example.org/app.git");
  EXPECT_EQ(run.logged,
            "The recommended git tool is: NONE\nNo credentials specified\nCloning the remote Git repository\n"
            "Cloning repository https://example.org/app.git\nFetching upstream changes from "
            "https://example.org/app.git\nChecking out Revision " +
                head +
                " (refs/remotes/origin/main)\n"
                "Commit message: \"second\"\nApplying uncommitted changes of the work tree (3 files)\n"
                "First time build. Skipping changelog.\n");
  EXPECT_EQ(run.read("a.txt"), "edited");
  EXPECT_EQ(run.read("new/file.txt"), "new");
  EXPECT_FALSE(run.exists("ignored"));
  EXPECT_FALSE(run.exists("gone.txt"));
  const auto& ws = run.place.workspace;
  EXPECT_EQ(git_in(ws, {"rev-parse", "HEAD"}), head);
  EXPECT_EQ(git_in(ws, {"status", "--porcelain"}), " M a.txt\n D gone.txt\n?? new/");
  EXPECT_EQ(git_in(ws, {"describe", "--tags"}), "v2");
  EXPECT_EQ(git_in(ws, {"config", "remote.origin.url"}), "https://example.org/app.git");
  // Nothing was written into the project.
  EXPECT_EQ(world.git({"status", "--porcelain"}), status);
  EXPECT_EQ(world.git({"write-tree"}), tree);
  // What is edited later is not seen by this run, whatever folder it checks out into.
  world.write("a.txt", "later");
  variables(project(Value::list_of(Value::map_of("$class", "RelativeTargetDirectory", "relativeTargetDir", "again"))));
  EXPECT_EQ(run.read("again/a.txt"), "edited");
  EXPECT_FALSE(run.exists("again/gone.txt"));
  // And an edit in the workspace is undone by the next checkout.
  run.write("a.txt", "by the build");
  variables(project());
  EXPECT_EQ(run.read("a.txt"), "edited");
}

TEST_F(Scm, TakesACleanOrDetachedProject) {
  world.git({"checkout", "--quiet", "--detach"});
  use_project();
  run.facts["scm_branch"] = "";
  auto got = variables(project());
  EXPECT_EQ(run.read("a.txt"), "one");
  EXPECT_EQ(got.get_string("GIT_BRANCH"), "detached");
  EXPECT_EQ(got.find("GIT_LOCAL_BRANCH"), nullptr);
  EXPECT_EQ(run.logged.find("uncommitted"), std::string::npos);
}

TEST_F(Scm, TakesAShallowProject) {
  world.commit("a.txt", "two", "second");
  const auto shallow = run.folder + "/shallow";
  world.git({"clone", "--quiet", "--depth=1", "file://" + world.bare, shallow});
  use_project();
  run.facts["scm_folder"] = shallow;
  std::ofstream(shallow + "/extra") << "e";
  variables(project());
  EXPECT_EQ(run.read("a.txt"), "two");
  EXPECT_EQ(run.read("extra"), "e");
}

TEST_F(Scm, RepeatsACheckoutThatWasKilled) {
  use_project();
  auto perform = [this](const char* key) {
    run.logged.clear();
    return run.perform("scm.checkout", Value::map_of("scm", project()), key);
  };
  ASSERT_TRUE(perform("1:9"));
  // Killed after its last command: the whole is done and said again.
  const auto said = run.logged;
  EXPECT_NE(said.find("Cloning the remote"), std::string::npos);
  ASSERT_TRUE(perform("1:9"));
  EXPECT_EQ(run.logged, said);
  // Killed in the middle of a later one: git's locks are still there.
  for (const auto& path : {"/.git/index.lock", "/.git/config.lock", "/.git/refs/heads/x.lock"}) {
    std::ofstream(run.place.workspace + path) << "";
  }
  EXPECT_FALSE(perform("1:10"));
  auto again = perform("1:10");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE(run.logged.find("Fetching changes from"), std::string::npos);
  EXPECT_EQ(run.read("a.txt"), "one");
}

TEST_F(Scm, ReadsFilesOfTheProject) {
  world.commit("ci/pod.yaml", "kind: Pod\n", "pod");
  use_project();
  world.write("ci/pod.yaml", "kind: Edited\n");
  EXPECT_EQ(run.perform("readTrusted", Value::map_of("path", "ci/pod.yaml"))->value.text(), "kind: Edited\n");
  EXPECT_EQ(run.perform("readScmFile", Value::map_of("path", "./ci/../a.txt"))->value.text(), "one");
  EXPECT_EQ(run.error_of("readTrusted", Value::map_of("path", "nope")), "hudson.AbortException: nope not found");
  EXPECT_EQ(run.error_of("readTrusted", Value::map_of("path", "../work/a.txt")),
            "hudson.AbortException: ../work/a.txt not found");
  EXPECT_EQ(run.error_of("readTrusted", Value::map_of("path", "ci")), "hudson.AbortException: ci not found");
  run.facts.erase("scm_folder");
  EXPECT_EQ(run.error_of("readTrusted", Value::map_of("path", "a.txt")),
            "hudson.AbortException: ‘readTrusted’ is only available when using “Multibranch Pipeline” or “Pipeline "
            "script from SCM”");
}

TEST_F(Scm, ReadsFilesAndBranchesOfOtherRepositories) {
  EXPECT_EQ(
      run.perform("readScmFile", Value::map_of("path", "a.txt", "scm", form("file://" + world.bare)))->value.text(),
      "one");
  auto source = Value::map_of("$class", "gitSource", "remote", world.bare);
  auto resolve = [&](Value targets, bool quiet) {
    return run.perform("resolveScm",
                       Value::map_of("source", source, "targets", std::move(targets), "ignoreErrors", quiet));
  };
  auto found = resolve(Value::list_of("nope", "main"), false);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value.find("branches")->items()[0].get_string("name"), "main");
  EXPECT_TRUE(resolve(Value::list_of("nope"), true)->value.is_null());
  EXPECT_EQ(resolve(Value::list_of("nope"), false).error().message,
            "Could not find any matching branch: " + world.bare + " has none of [nope]");
}

TEST_F(Scm, FetchesLibraries) {
  world.git({"tag", "1.0"});
  world.git({"push", "--quiet", "origin", "1.0"});
  world.commit("vars/x.groovy", "def call() {}", "library");
  run.place.has_node = false;
  auto fetch = [&](const char* version) {
    EffectContext context{.key = "1:5", .step = "library", .place = run.place, .run = run};
    return fetch_library(
        context, Value::map_of("name", "lib", "version", version, "retriever",
                               Value::map_of("$class", "modernSCM", "scm",
                                             Value::map_of("$class", "gitSource", "remote", "file://" + world.bare))));
  };
  auto found = fetch("main");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(std::filesystem::exists(found->value.get_string("folder") + "/vars/x.groovy"));
  found = fetch("1.0");
  ASSERT_TRUE(found);
  EXPECT_FALSE(std::filesystem::exists(found->value.get_string("folder") + "/vars"));
  EXPECT_TRUE(fetch(first.c_str()));
  EXPECT_EQ(fetch("9").error().message, "No version 9 found for library lib");
  EXPECT_EQ(fetch("").error().message, "No version specified for library lib");
}

TEST(GitForm, MatchesBranchesAsJenkinsDoes) {
  const std::string_view main = "refs/remotes/origin/main";
  const std::string_view deep = "refs/remotes/origin/feature/x/y";
  for (const auto* pattern : {"main", "origin/main", "*/main", "refs/heads/main", "remotes/origin/main", "ma*", "**"}) {
    EXPECT_TRUE(matches_branch(pattern, main, "origin")) << pattern;
  }
  EXPECT_FALSE(matches_branch("*/x", deep, "origin"));
  EXPECT_FALSE(matches_branch("feature/*", deep, "origin"));
  EXPECT_TRUE(matches_branch("feature/**", deep, "origin"));
  EXPECT_TRUE(matches_branch("**/y", deep, "origin"));
  EXPECT_FALSE(matches_branch("mai", main, "origin"));
  // Many stars on a long name: linear, not exponential.
  std::string stars;
  for (int i = 0; i < 40; ++i) stars += "**a";
  EXPECT_FALSE(matches_branch(stars, "refs/remotes/origin/" + std::string(2000, 'a') + "b", "origin"));
}

TEST(GitForm, ExpandsVariables) {
  const std::map<std::string, std::string> env = {{"A", "1"}, {"LONG_NAME", "2"}};
  EXPECT_EQ(expand_variables("x/$A/${LONG_NAME}/$NONE/${NONE}/$", env), "x/1/2/$NONE/${NONE}/$");
}

TEST(GitChanges, SurvivesTruncatedOutput) {
  const std::string whole = std::string("\1") + "abc" + '\0' + "n" + '\0' + "e" + '\0' + "5" + '\0' + "m\n" + '\0' +
                            "\nM" + '\0' + "f" + '\0';
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    auto parsed = parse_git_changes(std::string_view(whole).substr(0, size));
    EXPECT_LE(parsed.size(), 1U);
  }
  EXPECT_EQ(parse_git_changes(whole).items()[0].get_int("timestamp"), 5000);
}

TEST(Tools, OfTheKindThatIsWanted) {
  FakeRun run;
  run.facts["tool:default"] = "/opt/jdk";
  run.facts["typed_tools"] =
      "jdk\tdefault\t/opt/jdk\nmaven\tdefault\t/opt/maven\nsonarRunnerInstallation\tscan\t/opt/scan\n";
  const auto tool = [&](const char* name, const char* type) {
    auto outcome = run.perform("tool", Value::map_of("name", name, "type", type));
    return outcome ? outcome->value.text() : outcome.error().message;
  };
  EXPECT_EQ(tool("default", "jdk"), "/opt/jdk");
  EXPECT_EQ(tool("default", "maven"), "/opt/maven");
  EXPECT_EQ(tool("default", "hudson.tasks.Maven$MavenInstallation"), "/opt/maven");
  EXPECT_EQ(tool("default", ""), "/opt/jdk");
  EXPECT_EQ(tool("scan", "hudson.plugins.sonar.SonarRunnerInstallation"), "/opt/scan");
  run.place.environment["PATH"] = "/nowhere";
  EXPECT_NE(tool("default", "gradle").find("does not have an install"), std::string::npos) << "a JDK is no gradle";
}

TEST(Tools, GivenOrFoundOnThePath) {
  FakeRun run;
  run.facts["tool:jdk21"] = "/opt/jdk21";
  run.facts["tools"] = "jdk21\nmaven-3";
  EXPECT_EQ(run.perform("tool", Value::map_of("name", "jdk21", "type", "jdk"))->value.text(), "/opt/jdk21");
  EXPECT_EQ(run.logged, "");
  const auto bin = run.folder + "/apache/bin";
  std::filesystem::create_directories(bin);
  std::ofstream(bin + "/mvn") << "#!/bin/sh\n";
  std::filesystem::permissions(bin + "/mvn", std::filesystem::perms::owner_all);
  run.place.environment["PATH"] = bin;
  EXPECT_EQ(run.perform("tool", Value::map_of("name", "M3"))->value.text(), run.folder + "/apache");
  EXPECT_EQ(run.logged, "No installation \"M3\" is configured; using mvn of this node: " + run.folder + "/apache\n");
  EXPECT_EQ(
      run.perform("tool", Value::map_of("name", "x", "type", "hudson.tasks.Maven$MavenInstallation"))->value.text(),
      run.folder + "/apache");
  EXPECT_EQ(run.error_of("tool", Value::map_of("name", "jdk12", "type", "jdk")),
            "hudson.AbortException: Tool type \"jdk\" does not have an install of \"jdk12\" configured - did you mean "
            "\"jdk21\"?");
  EXPECT_EQ(run.error_of("tool", Value::map_of("name", "whatever")),
            "hudson.AbortException: No tool named whatever found");
}

}  // namespace
}  // namespace windlass::steps
