#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files/archive.h"
#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::HasSubstr;

/// The variables of what was bound, with `$$` read back as `$`.
std::map<std::string, std::string> variables(const Value& bound) {
  std::map<std::string, std::string> out;
  for (const auto& entry : bound.find("env")->items()) {
    const auto at = entry.text().find('=');
    auto value = entry.text().substr(at + 1);
    for (std::size_t i = 0; (i = value.find("$$", i)) != std::string::npos; ++i) value.erase(i, 1);
    out[entry.text().substr(0, at)] = value;
  }
  return out;
}

std::vector<std::string> names(const Value& bound) {
  std::vector<std::string> out;
  for (const auto& name : bound.find("names")->items()) out.push_back(name.text());
  return out;
}

Value bindings(Value one) { return Value::map_of("bindings", Value::list_of(std::move(one))); }

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Credentials : testing::Test {
  Credentials() {
    run.credentials = {
        Value::map_of("id", "up", "type", "usernamePassword", "username", "ann", "password", "p$a'ss word"),
        Value::map_of("id", "hidden", "type", "usernamePassword", "username", "bob-hidden", "password", "pw-of-bob",
                      "usernameSecret", true),
        Value::map_of("id", "text", "type", "string", "secret", "a-secret-text"),
        Value::map_of("id", "file", "type", "file", "fileName", "../../etc/settings.xml", "content", "<a/>\n"),
        Value::map_of("id", "key", "type", "sshUserPrivateKey", "username", "git", "privateKey",
                      "-----BEGIN X-----\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789\n-----END X-----", "passphrase",
                      "open-sesame"),
        Value::map_of("id", "cert", "type", "certificate", "keystoreBase64", "AAEC", "password", "store-pass", "alias",
                      "me"),
        Value::map_of("id", "aws", "type", "aws", "accessKey", "AKIAEXAMPLE", "secretKey", "aws-secret-key"),
    };
  }
  Value bind(Value one) {
    auto outcome = run.perform("credentials.bind", bindings(std::move(one)));
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? outcome->value : Value();
  }
  std::string refuse(Value one) { return run.error_of("credentials.bind", bindings(std::move(one))); }
  void release(const Value& bound) {
    EXPECT_TRUE(run.perform("credentials.release", Value::map_of("lease", *bound.find("lease"))));
  }
  FakeRun run;
};

TEST_F(Credentials, BindsTextsAndPairs) {
  auto bound = bind(Value::map_of("$class", "usernamePassword", "credentialsId", "up", "usernameVariable", "U",
                                  "passwordVariable", "P"));
  EXPECT_EQ(variables(bound), (std::map<std::string, std::string>{{"U", "ann"}, {"P", "p$a'ss word"}}));
  EXPECT_EQ(names(bound), (std::vector<std::string>{"P"}));
  EXPECT_EQ(run.secrets, (std::vector<std::string>{"p$a'ss word"}));

  bound = bind(Value::map_of("$class", "usernamePassword", "credentialsId", "hidden", "usernameVariable", "U",
                             "passwordVariable", "P"));
  EXPECT_EQ(names(bound), (std::vector<std::string>{"U", "P"}));

  bound = bind(Value::map_of("$class", "usernameColonPassword", "credentialsId", "up", "variable", "UP"));
  EXPECT_EQ(variables(bound)["UP"], "ann:p$a'ss word");

  bound = bind(Value::map_of("$class", "string", "credentialsId", "text", "variable", "T"));
  EXPECT_EQ(variables(bound)["T"], "a-secret-text");

  bound = bind(Value::map_of("$class", "aws", "credentialsId", "aws"));
  EXPECT_EQ(variables(bound), (std::map<std::string, std::string>{{"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
                                                                  {"AWS_SECRET_ACCESS_KEY", "aws-secret-key"}}));
}

TEST_F(Credentials, T39_FilesAreTheOwnersAloneAndGoneAfterTheBody) {
  auto bound = bind(Value::map_of("$class", "file", "credentialsId", "file", "variable", "F"));
  const auto path = variables(bound)["F"];
  EXPECT_TRUE(path.starts_with(run.place.workspace_tmp + "/secretFiles/")) << path;
  EXPECT_TRUE(path.ends_with("/settings.xml")) << path;
  EXPECT_EQ(slurp(path), "<a/>\n");
  EXPECT_EQ(FakeRun::mode_of(path), 0400u);
  EXPECT_EQ(FakeRun::mode_of(std::filesystem::path(path).parent_path()), 0700u);
  // Repeated after a crash: the same file again.
  auto again = bind(Value::map_of("$class", "file", "credentialsId", "file", "variable", "F"));
  EXPECT_EQ(variables(again)["F"], path);
  release(bound);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
  release(bound);
}

TEST_F(Credentials, BindsKeysWithPassphrase) {
  auto bound = bind(Value::map_of("$class", "sshUserPrivateKey", "credentialsId", "key", "keyFileVariable", "K",
                                  "passphraseVariable", "PP", "usernameVariable", "U"));
  auto got = variables(bound);
  EXPECT_EQ(got["U"], "git");
  EXPECT_EQ(got["PP"], "open-sesame");
  EXPECT_TRUE(got["K"].ends_with("/ssh-key-K"));
  EXPECT_TRUE(slurp(got["K"]).ends_with("-----END X-----\n"));
  EXPECT_EQ(names(bound), (std::vector<std::string>{"K", "PP"}));
  EXPECT_THAT(run.secrets, testing::Contains("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0123456789"));
  EXPECT_THAT(run.secrets, testing::Not(testing::Contains(HasSubstr("BEGIN"))));
}

TEST_F(Credentials, BindsCertificatesAndGit) {
  auto bound = bind(Value::map_of("$class", "certificate", "credentialsId", "cert", "keystoreVariable", "S",
                                  "passwordVariable", "P", "aliasVariable", "A"));
  auto got = variables(bound);
  EXPECT_EQ(slurp(got["S"]), std::string("\0\1\2", 3));
  EXPECT_EQ(got["P"], "store-pass");
  EXPECT_EQ(got["A"], "me");

  got = variables(bind(Value::map_of("$class", "gitUsernamePassword", "credentialsId", "up")));
  EXPECT_EQ(got["GIT_USERNAME"], "ann");
  EXPECT_EQ(FakeRun::mode_of(got["GIT_ASKPASS"]), 0500u);
  EXPECT_THAT(slurp(got["GIT_ASKPASS"]), testing::Not(HasSubstr("p$a")));
}

TEST_F(Credentials, UnpacksZips) {
  run.write("z/in.txt", "zipped");
  auto root = files::Root::confined(run.place.workspace);
  ASSERT_TRUE(files::pack(*root, "z", [](const std::string&, bool) { return true; }, *root, "c.zip",
                          {.format = files::ArchiveFormat::zip}));
  run.credentials.push_back(
      Value::map_of("id", "zip", "type", "file", "fileName", "c.zip", "content", Value::bytes(run.read("c.zip"))));
  auto bound = bind(Value::map_of("$class", "zip", "credentialsId", "zip", "variable", "Z"));
  EXPECT_EQ(slurp(variables(bound)["Z"] + "/in.txt"), "zipped");
  release(bound);
  EXPECT_FALSE(std::filesystem::exists(variables(bound)["Z"]));
}

TEST_F(Credentials, DeclarativeBindsByType) {
  auto declared = [&](std::string id) {
    return bind(Value::map_of("$class", "DeclarativeCredentials", "credentialsId", id, "variable", "X"));
  };
  auto bound = declared("up");
  EXPECT_EQ(variables(bound),
            (std::map<std::string, std::string>{{"X", "ann:p$a'ss word"}, {"X_USR", "ann"}, {"X_PSW", "p$a'ss word"}}));
  EXPECT_EQ(names(bound), (std::vector<std::string>{"X", "X_PSW"}));
  EXPECT_EQ(variables(declared("text"))["X"], "a-secret-text");
  EXPECT_EQ(slurp(variables(declared("file"))["X"]), "<a/>\n");
  auto key = variables(declared("key"));
  EXPECT_EQ(key["X_USR"], "git");
  EXPECT_EQ(key["X_PSW"], "open-sesame");
  EXPECT_TRUE(key["X"].ends_with("/ssh-key-X"));
  EXPECT_THAT(refuse(Value::map_of("$class", "DeclarativeCredentials", "credentialsId", "cert", "variable", "X")),
              HasSubstr("No suitable binding handler could be found for type Certificate."));
}

TEST_F(Credentials, RefusesInJenkinsWords) {
  const std::string kClass = "org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException: ";
  EXPECT_EQ(refuse(Value::map_of("$class", "string", "credentialsId", "none", "variable", "T")),
            kClass + "Could not find credentials entry with ID 'none'");
  EXPECT_EQ(refuse(Value::map_of("$class", "string", "credentialsId", "up", "variable", "T")),
            kClass +
                "Credentials 'up' is of type 'Username with password' where "
                "'org.jenkinsci.plugins.plaincredentials.StringCredentials' was expected");
  run.place.has_node = false;
  EXPECT_EQ(refuse(Value::map_of("$class", "string", "credentialsId", "text", "variable", "T")), "");
  EXPECT_THAT(refuse(Value::map_of("$class", "file", "credentialsId", "file", "variable", "T")),
              HasSubstr("MissingContextVariableException: Required context class hudson.FilePath is missing"));
}

TEST_F(Credentials, AFailedBindLeavesNoFiles) {
  auto outcome = run.perform(
      "credentials.bind",
      Value::map_of("bindings",
                    Value::list_of(Value::map_of("$class", "file", "credentialsId", "file", "variable", "F"),
                                   Value::map_of("$class", "string", "credentialsId", "none", "variable", "T"))));
  EXPECT_FALSE(outcome);
  EXPECT_TRUE(std::filesystem::is_empty(run.place.workspace_tmp + "/secretFiles"));
}

TEST_F(Credentials, T11_AReleaseTouchesNothingElse) {
  run.write("keep.txt", "x");
  for (const std::string& path : {run.place.workspace, std::string("/"), run.place.workspace + "/secretFiles/..",
                                  run.place.workspace + "/secretFiles/00000000-0000-4000-8000-00000000000g"}) {
    EXPECT_TRUE(run.perform("credentials.release", Value::map_of("lease", path)));
  }
  EXPECT_EQ(run.read("keep.txt"), "x");
}

}  // namespace
}  // namespace windlass::steps
