// Commit statuses, checks, SonarQube and AWS against recording peers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "files/root.h"
#include "steps/testing/fake_run.h"
#include "steps/testing/http_peer.h"
#include "text/codec.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::HasSubstr;
using testing::Not;

Value json(const std::string& text) {
  auto parsed = data::parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Value();
}

// ---- forges --------------------------------------------------------------------------------------------------------

struct Forge : testing::Test {
  Forge() {
    run.facts["scm_url"] = "git@github.com:team/app.git";
    run.facts["scm_commit"] = "0123abcd";
    run.facts["url"] = "http://ci/job/app/7/";
  }
  FakeRun run;
};

TEST_F(Forge, ReportsToGitHub) {
  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.status = 201, .body = "{}"}; });
  run.place.environment["GITHUB_API_URL"] = peer.url();
  run.place.environment["GITHUB_TOKEN"] = "github-token";
  run.mask("s3cret-word");
  EXPECT_EQ(run.error_of("githubNotify", Value::map_of("status", "FAILURE", "description", "broke at s3cret-word",
                                                       "context", "ci/test")),
            "");
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].target, "/repos/team/app/statuses/0123abcd");
  EXPECT_EQ(seen[0].headers.at("authorization"), "Bearer github-token");
  const auto document = json(seen[0].body);
  EXPECT_EQ(document.get_string("state"), "failure");
  EXPECT_EQ(document.get_string("description"), "broke at ****");
  EXPECT_EQ(document.get_string("context"), "ci/test");
  EXPECT_EQ(document.get_string("target_url"), "http://ci/job/app/7/");
  EXPECT_EQ(run.logged, "");
}

TEST_F(Forge, ReportsToGitLab) {
  HttpPeer peer([](const SeenRequest&) {
    return PeerAnswer{.status = 400, .body = "{\"message\":\"Cannot transition status via :run from :running\"}"};
  });
  run.facts["scm_url"] = "https://user:x@gitlab.example:8443/group/sub/app.git";
  run.place.environment["GITLAB_API_URL"] = peer.url("/api/v4/");
  run.credentials = {Value::map_of("id", "gl", "type", "string", "secret", "gitlab-token")};
  EXPECT_EQ(run.error_of("commit.status",
                         Value::map_of("host", "gitlab", "name", "build", "state", "running", "credentialsId", "gl")),
            "");
  const auto seen = peer.seen().at(0);
  EXPECT_EQ(seen.target, "/api/v4/projects/group%2Fsub%2Fapp/statuses/0123abcd");
  EXPECT_EQ(seen.headers.at("private-token"), "gitlab-token");
  EXPECT_EQ(json(seen.body).get_string("state"), "running");
  EXPECT_EQ(run.logged, "");
}

TEST_F(Forge, SaysWhatItCouldNotReport) {
  EXPECT_EQ(run.error_of("updateGitlabCommitStatus", Value::map_of("name", "build", "state", "success")), "");
  EXPECT_EQ(run.error_of("publishChecks", Value::map_of("name", "lint", "title", "ok")), "");
  EXPECT_EQ(run.logged,
            "GitLab status build: success (not reported: no GITLAB_TOKEN)\n"
            "GitHub check lint: ok (not reported: no GITHUB_TOKEN)\n");
}

TEST_F(Forge, ARepeatedCheckIsChangedNotDoubled) {
  std::string made;
  HttpPeer peer([&made](const SeenRequest& request) {
    if (request.method == "POST") made = request.body;
    if (request.method != "GET") return PeerAnswer{.status = 201, .body = "{}"};
    auto runs = Value::list();
    if (!made.empty()) {
      runs.push(Value::map_of("id", 99, "external_id", json(made).get_string("external_id")));
    }
    return PeerAnswer{.body = data::format_json(Value::map_of("check_runs", std::move(runs)))};
  });
  run.place.environment["GITHUB_API_URL"] = peer.url();
  run.place.environment["GITHUB_TOKEN"] = "github-token";
  const auto wanted = Value::map_of("name", "lint", "title", "T", "summary", "S", "conclusion", "FAILURE");
  EXPECT_EQ(run.error_of("publishChecks", wanted), "");
  EXPECT_EQ(run.error_of("publishChecks", wanted), "");
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[1].method, "POST");
  EXPECT_EQ(json(seen[1].body).get_string("conclusion"), "failure");
  EXPECT_EQ(seen[3].method, "PATCH");
  EXPECT_EQ(seen[3].target, "/repos/team/app/check-runs/99");
}

TEST_F(Forge, BadgesAreKeptAndT03LinksAreWeb) {
  EXPECT_EQ(run.error_of("badge", Value::map_of("text", "fast", "id", "speed", "link", "https://x")), "");
  EXPECT_EQ(run.kept["badge"]["speed"].get_string("text"), "fast");
  EXPECT_THAT(run.error_of("badge", Value::map_of("text", "x", "link", "javascript:alert(1)")),
              HasSubstr("Invalid link"));
}

// ---- SonarQube -----------------------------------------------------------------------------------------------------

TEST(Sonar, LendsTheServerToTheBody) {
  FakeRun run;
  EXPECT_THAT(
      run.error_of("sonar.env", Value::map_of("installationName", "main")),
      HasSubstr("SonarQube installation defined in this job (main) does not match any configured installation."));
  run.place.environment["SONAR_HOST_URL"] = "http://sonar/";
  run.place.environment["SONAR_AUTH_TOKEN"] = "sonar-token";
  auto bound = run.perform("sonar.env", Value::map_of("installationName", "main"));
  ASSERT_TRUE(bound);
  EXPECT_THAT(data::format_json(*bound->value.find("env")), HasSubstr("SONAR_HOST_URL=http://sonar\""));
  EXPECT_THAT(run.secrets, testing::Contains("sonar-token"));
}

TEST(Sonar, OfTheServersConfiguration) {
  FakeRun run;
  HttpPeer peer([](const SeenRequest& request) {
    return PeerAnswer{.body = request.target.starts_with("/api/ce")
                                  ? R"({"task":{"status":"SUCCESS","analysisId":"A"}})"
                                  : R"({"projectStatus":{"status":"OK"}})"};
  });
  run.facts["service:sonar"] = R"([{"name":"one","url":"http://one.invalid","token":"token-one"},)"
                               R"({"name":"two","url":")" +
                               peer.url() + R"(/","token":"token-two"}])";
  const auto env = [&run](const char* name) {
    auto bound = run.perform("sonar.env", Value::map_of("installationName", name));
    return bound ? data::format_json(*bound->value.find("env")) : bound.error().message;
  };
  EXPECT_THAT(env("two"), HasSubstr("SONAR_AUTH_TOKEN=token-two"));
  EXPECT_THAT(env("two"), HasSubstr("SONAR_HOST_URL=" + peer.url() + "\""));
  EXPECT_THAT(env(""), HasSubstr("SONAR_CONFIG_NAME=one"));
  EXPECT_THAT(env("three"), HasSubstr("Number of installations that can be configured: 2."));
  // The gate asks the server that the analysis was sent to, if it is a configured one.
  run.log("INFO: More about the report processing at " + peer.url() + "/api/ce/task?id=T1\n");
  EXPECT_EQ(run.perform("sonar.gate", Value::map())->value.get_string("status"), "OK");
  ASSERT_FALSE(peer.seen().empty());
  EXPECT_EQ(peer.seen().at(0).headers.at("authorization"), "Basic dG9rZW4tdHdvOg==");
}

TEST(Sonar, AnAddressOfThePipelinesOwnGetsNoConfiguredToken) {
  FakeRun run;
  run.facts["service:sonar"] = R"([{"name":"one","url":"http://one.invalid","token":"token-one"}])";
  run.place.environment["SONAR_HOST_URL"] = "http://elsewhere";
  auto bound = run.perform("sonar.env", Value::map_of("installationName", "one"));
  ASSERT_TRUE(bound);
  EXPECT_EQ(data::format_json(*bound->value.find("env")).find("token-one"), std::string::npos);
}

TEST(Sonar, WaitsForTheQualityGate) {
  FakeRun run;
  std::atomic<int> asked = 0;
  HttpPeer peer([&asked](const SeenRequest& request) {
    if (request.target.starts_with("/api/qualitygates")) {
      return PeerAnswer{.body = R"({"projectStatus":{"status":"ERROR"}})"};
    }
    return PeerAnswer{.body = ++asked == 1 ? R"({"task":{"status":"PENDING"}})"
                                           : R"({"task":{"status":"SUCCESS","analysisId":"AN1"}})"};
  });
  run.place.environment["SONAR_HOST_URL"] = peer.url();
  run.place.environment["SONAR_AUTH_TOKEN"] = "sonar-token";
  EXPECT_THAT(run.error_of("sonar.gate", Value::map()), HasSubstr("java.lang.IllegalStateException: No previous"));
  run.log("INFO: More about the report processing at http://elsewhere/api/ce/task?id=AX-1_z\n");
  auto gate = run.perform("sonar.gate", Value::map());
  ASSERT_TRUE(gate) << gate.error().message;
  EXPECT_EQ(gate->value.get_string("status"), "ERROR");
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].target, "/api/ce/task?id=AX-1_z");
  EXPECT_EQ(seen[2].target, "/api/qualitygates/project_status?analysisId=AN1");
  EXPECT_THAT(run.logged, HasSubstr("SonarQube task 'AX-1_z' status is 'PENDING'\n"));
  EXPECT_THAT(run.logged, HasSubstr("completed. Quality gate is 'ERROR'\n"));
}

TEST(Sonar, FindsTheTaskInTheWorkspace) {
  FakeRun run;
  HttpPeer peer([](const SeenRequest& request) {
    return PeerAnswer{.body = request.target.starts_with("/api/ce")
                                  ? R"({"task":{"status":"SUCCESS","analysisId":"A"}})"
                                  : R"({"projectStatus":{"status":"OK"}})"};
  });
  run.place.environment["SONAR_HOST_URL"] = peer.url();
  run.write(".scannerwork/report-task.txt", "projectKey=x\nceTaskId=FILE1\nserverUrl=http://y\n");
  EXPECT_EQ(run.perform("sonar.gate", Value::map())->value.get_string("status"), "OK");
  EXPECT_EQ(peer.seen().at(0).target, "/api/ce/task?id=FILE1");
}

// ---- AWS -----------------------------------------------------------------------------------------------------------

std::string digest(const std::string& bytes) { return files::hash_bytes(bytes, files::Hash::sha256); }

std::string raw_hmac(std::string key, const std::string& text) {
  if (key.size() > 64) key = *text::decode_hex(digest(key));
  key.resize(64, '\0');
  std::string inner = key;
  std::string outer = key;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5C);
  return *text::decode_hex(digest(outer + *text::decode_hex(digest(inner + text))));
}

std::string part_of(const std::string& header, const std::string& name) {
  const auto at = header.find(name + "=");
  const auto from = at + name.size() + 1;
  return at == std::string::npos ? "" : header.substr(from, header.find_first_of(", ", from) - from);
}

/// The signature that the service computes from what it received, with the secret it shares.
std::string expected_signature(const SeenRequest& request, const std::string& secret) {
  const auto authorization = request.headers.at("authorization");
  const auto credential = part_of(authorization, "Credential");
  const auto scope = credential.substr(credential.find('/') + 1);
  const auto signed_headers = part_of(authorization, "SignedHeaders");
  const auto question = request.target.find('?');
  std::string canonical = request.method + "\n" + request.target.substr(0, question) + "\n" +
                          (question == std::string::npos ? "" : request.target.substr(question + 1)) + "\n";
  for (std::size_t at = 0; at < signed_headers.size();) {
    const auto end = std::min(signed_headers.find(';', at), signed_headers.size());
    const auto name = signed_headers.substr(at, end - at);
    canonical += name + ":" + request.headers.at(name) + "\n";
    at = end + 1;
  }
  auto payload = request.headers.find("x-amz-content-sha256");
  canonical +=
      "\n" + signed_headers + "\n" + (payload == request.headers.end() ? digest(request.body) : payload->second);
  const auto to_sign =
      "AWS4-HMAC-SHA256\n" + request.headers.at("x-amz-date") + "\n" + scope + "\n" + digest(canonical);
  auto key = "AWS4" + secret;
  std::string rest = scope;
  while (!rest.empty()) {
    const auto slash = std::min(rest.find('/'), rest.size());
    key = raw_hmac(key, rest.substr(0, slash));
    rest.erase(0, slash + 1);
  }
  return text::encode_hex(raw_hmac(key, to_sign));
}

struct Aws : testing::Test {
  Aws() {
    auto& env = run.place.environment;
    env["AWS_ENDPOINT_URL"] = peer.url();
    env["AWS_REGION"] = "eu-central-1";
    env["AWS_ACCESS_KEY_ID"] = "AKIA1";
    env["AWS_SECRET_ACCESS_KEY"] = "aws-secret";
  }
  FakeRun run;
  HttpPeer peer{[this](const SeenRequest&) { return answer; }};
  PeerAnswer answer;
};

TEST_F(Aws, UploadsSignedFiles) {
  run.write("out/a b.txt", "content");
  run.write("out/deep/c.txt", "more");
  run.place.environment["AWS_SESSION_TOKEN"] = "session-token";
  auto done = run.perform("s3Upload", Value::map_of("bucket", "bin", "file", "out/a b.txt", "path", "rel/", "acl",
                                                    "PublicRead", "metadatas", Value::list_of("team:core")));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->value.text(), "s3://bin/rel/a b.txt");
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].method, "PUT");
  EXPECT_EQ(seen[0].target, "/bin/rel/a%20b.txt");
  EXPECT_EQ(seen[0].body, "content");
  EXPECT_EQ(seen[0].headers.at("x-amz-acl"), "public-read");
  EXPECT_EQ(seen[0].headers.at("x-amz-meta-team"), "core");
  EXPECT_EQ(seen[0].headers.at("x-amz-content-sha256"), digest("content"));
  EXPECT_EQ(part_of(seen[0].headers.at("authorization"), "Signature"), expected_signature(seen[0], "aws-secret"));

  ASSERT_TRUE(run.perform(
      "s3Upload", Value::map_of("bucket", "bin", "includePathPattern", "**/*.txt", "workingDir", "out", "path", "p")));
  EXPECT_EQ(peer.seen().at(1).target, "/bin/p/a%20b.txt");
  EXPECT_EQ(peer.seen().at(2).target, "/bin/p/deep/c.txt");
  ASSERT_TRUE(run.perform("s3Upload", Value::map_of("bucket", "bin", "path", "note", "text", "words")));
  EXPECT_EQ(peer.seen().at(3).body, "words");
  EXPECT_EQ(part_of(peer.seen().at(3).headers.at("authorization"), "Signature"),
            expected_signature(peer.seen().at(3), "aws-secret"));
}

TEST_F(Aws, SaysWhyAnUploadFailed) {
  run.write("f", "x");
  answer = {.status = 403, .body = "<Error><Code>AccessDenied</Code></Error>", .headers = {}};
  EXPECT_THAT(run.error_of("s3Upload", Value::map_of("bucket", "bin", "file", "f")),
              HasSubstr("Upload of s3://bin/f failed: HTTP/1.1 403 Refused <Error><Code>AccessDenied"));
  EXPECT_THAT(run.error_of("s3Upload", Value::map_of("bucket", "bin", "file", "none")),
              HasSubstr("java.io.FileNotFoundException"));
  run.place.environment.erase("AWS_ACCESS_KEY_ID");
  EXPECT_THAT(run.error_of("s3Upload", Value::map_of("bucket", "bin", "file", "f")), HasSubstr("withAWS"));
}

TEST_F(Aws, AssumesRoles) {
  answer.body =
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>new-secret"
      "</SecretAccessKey><SessionToken>new-token</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>";
  auto bound =
      run.perform("aws.role", Value::map_of("role", "deploy", "roleAccount", "123", "roleSessionName", "s", "duration",
                                            900, "env", Value::list_of("AWS_ACCESS_KEY_ID=AKIA9")));
  ASSERT_TRUE(bound) << bound.error().message;
  const auto seen = peer.seen().at(0);
  EXPECT_THAT(seen.body, HasSubstr("RoleArn=arn%3Aaws%3Aiam%3A%3A123%3Arole%2Fdeploy"));
  EXPECT_THAT(seen.body, HasSubstr("DurationSeconds=900"));
  EXPECT_THAT(part_of(seen.headers.at("authorization"), "Credential"), HasSubstr("AKIA9/"));
  EXPECT_EQ(part_of(seen.headers.at("authorization"), "Signature"), expected_signature(seen, "aws-secret"));
  EXPECT_THAT(data::format_json(*bound->value.find("env")), HasSubstr("AWS_SESSION_TOKEN=new-token"));
  EXPECT_THAT(run.secrets, testing::IsSupersetOf({"new-secret", "new-token"}));
  answer = {.status = 403,
            .body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            .headers = {}};
  EXPECT_THAT(run.error_of("aws.role", Value::map_of("role", "arn:aws:iam::1:role/x")),
              HasSubstr("Cannot assume the role arn:aws:iam::1:role/x: AccessDenied: no"));
}

}  // namespace
}  // namespace windlass::steps
