// The bash script is tried in a real bash, as Tab would: COMP_WORDS in, COMPREPLY out. zsh and fish scripts are parsed
// where these shells are installed.
#include "cli/completion.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "proc/run_capture.h"

namespace windlass::cli {
namespace {

namespace fs = std::filesystem;

class Completion : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "windlass-completion-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "libraries");
    std::ofstream(folder_ / "Jenkinsfile") << "node {}\n";
    // What the script asks for while somebody types; the state folder shows that the line is passed on.
    std::ofstream(folder_ / "windlass")
        << "#!/bin/bash\n"
           "case $2-$3 in\n"
           "  --list-runs) printf 'app#1\\tSUCCESS\\napp#12\\n'\n"
           "    for word in \"${@:4}\"; do [[ $word == --line=other* ]] && echo \"${word#--line=}#3\"; done ;;\n"
           "  --list-steps) printf 'sh\\tShell Script\\nstage\\nstash\\n' ;;\n"
           "  --list-stages) printf 'Build it\\nTest\\n' ;;\n"
           "  --list-points) printf '12\\tstep sh (line 6)\\n' ;;\n"
           "  --list-parameters) printf 'VERSION=\\twhich\\nDEPLOY=\\nDEPLOY=true\\nDEPLOY=false\\n' ;;\n"
           "esac\n"
           "exit 0\n";
    fs::permissions(folder_ / "windlass", fs::perms::owner_all);
    std::ofstream(folder_ / "script.bash") << bash_completion();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string run(std::vector<std::string> argv) {
    proc::CaptureOptions options;
    options.argv = std::move(argv);
    options.env = {"PATH=" + folder_.string() + ":/usr/bin:/bin", "HOME=" + folder_.string(), "LC_ALL=C.UTF-8"};
    options.cwd = folder_.string();
    options.join_err = true;
    auto captured = proc::run_capture(options);
    return captured ? captured->out : captured.error().message;
  }

  /// The answers for the last of `words`, one a line.
  std::string complete(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words) list += " '" + word + "'";
    return run({"bash", "--norc", "-c",
                "source ./script.bash; COMP_WORDS=(" + list + "); COMP_CWORD=" + std::to_string(words.size() - 1) +
                    "; _windlass; [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' \"${COMPREPLY[@]}\""});
  }

  fs::path folder_;
};

TEST_F(Completion, CommandsAndOptions) {
  EXPECT_EQ(complete({"windlass", "li"}), "lint\n");
  EXPECT_EQ(complete({"windlass", "convert", "--p"}), "--patch\n");
  EXPECT_EQ(complete({"windlass", "version", "x"}), "");
}

TEST_F(Completion, WordsOfAnOptionAlsoBehindAnEqualsSign) {
  EXPECT_EQ(complete({"windlass", "lint", "--output", "j"}), "json\n");
  EXPECT_EQ(complete({"windlass", "lint", "--output", "=", "j"}), "json\n");  // bash breaks words at =
  EXPECT_EQ(complete({"windlass", "lint", "--output", "="}), "text\njson\n");
  EXPECT_EQ(complete({"windlass", "run", "-o", "pl"}), "plain\n");
  EXPECT_EQ(complete({"windlass", "run", "-f", "Jen"}), "Jenkinsfile\n");
}

TEST_F(Completion, FilesAndFolders) {
  EXPECT_EQ(complete({"windlass", "lint", "Jen"}), "Jenkinsfile\n");
  EXPECT_EQ(complete({"windlass", "runs", "--state", "lib"}), "libraries\n");
  EXPECT_EQ(complete({"windlass", "runs", "--state", "Jen"}), "");
  EXPECT_EQ(complete({"windlass", "run", "--library", "a", "=", "lib"}), "libraries\n");
  EXPECT_EQ(complete({"windlass", "run", "--library", "a=lib"}), "a=libraries\n");
}

TEST_F(Completion, RunsAndStepsAreAskedFor) {
  EXPECT_EQ(complete({"windlass", "logs", "app#12"}), "app#12\n");
  EXPECT_EQ(complete({"windlass", "logs", "--state", "other", "other"}), "other#3\n");
  EXPECT_EQ(complete({"windlass", "logs", "--state", "=", "other", "other"}), "other#3\n");
  EXPECT_EQ(complete({"windlass", "steps", "st"}), "stage\nstash\n");
}

TEST_F(Completion, StagesAndPointsOfARun) {
  EXPECT_EQ(complete({"windlass", "run", "--restart-stage", ""}), "Build\\ it\nTest\n");
  EXPECT_EQ(complete({"windlass", "run", "--restart-stage", "Build\\ "}), "Build\\ it\n");
  EXPECT_EQ(complete({"windlass", "run", "--restart-stage", "\"Bui"}), "Build it\n");
  EXPECT_EQ(complete({"windlass", "run", "--restart-stage", "=", "T"}), "Test\n");
  EXPECT_EQ(complete({"windlass", "run", "--restart-step", ""}), "12\n");
}

TEST_F(Completion, ParametersAndTheirValues) {
  EXPECT_EQ(complete({"windlass", "run", "--param", ""}), "VERSION=\nDEPLOY=\n");
  EXPECT_EQ(complete({"windlass", "run", "-p", "DEP"}), "DEPLOY=\n");
  EXPECT_EQ(complete({"windlass", "run", "-p", "DEPLOY", "="}), "true\nfalse\n");
  EXPECT_EQ(complete({"windlass", "run", "-p", "DEPLOY", "=", "f"}), "false\n");
  EXPECT_EQ(complete({"windlass", "run", "-p", "DEPLOY=t"}), "DEPLOY=true\n");  // a shell that does not break at =
}

TEST_F(Completion, TheOtherShellsAcceptTheirScripts) {
  for (auto language : {Language::english, Language::chinese}) {
    std::ofstream(folder_ / "_windlass") << zsh_completion(language);
    std::ofstream(folder_ / "windlass.fish") << fish_completion(language);
    if (fs::exists("/usr/bin/zsh")) EXPECT_EQ(run({"zsh", "-n", "_windlass"}), "");
    if (fs::exists("/usr/bin/fish")) EXPECT_EQ(run({"fish", "--no-execute", "windlass.fish"}), "");
  }
  EXPECT_EQ(run({"bash", "-n", "script.bash"}), "");
}

}  // namespace
}  // namespace windlass::cli
