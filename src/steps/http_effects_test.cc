#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "steps/testing/fake_run.h"
#include "steps/testing/http_peer.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::HasSubstr;
using testing::Not;

TEST(HttpRequest, SaysWhatItDoesAndGivesTheAnswer) {
  FakeRun run;
  HttpPeer peer([](const SeenRequest&) {
    return PeerAnswer{.status = 200, .body = "grüße", .headers = {"X-Two: a", "X-Two: b", "Content-Type: text/plain"}};
  });
  auto outcome = run.perform("httpRequest", Value::map_of("url", peer.url("/a?b=c")));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->value.get_int("status"), 200);
  EXPECT_EQ(outcome->value.get_string("content"), "grüße");
  EXPECT_EQ(outcome->value.find("headers")->find("X-Two")->size(), 2u);
  EXPECT_EQ(run.logged, "HttpMethod: GET\nURL: " + peer.url("/a?b=c") +
                            "\nSending request to url: " + peer.url("/a?b=c") +
                            "\nResponse Code: HTTP/1.1 200 OK\n"
                            "Success: Status code 200 is in the accepted range: 100:399\n");
  EXPECT_EQ(peer.seen().at(0).target, "/a?b=c");
}

TEST(HttpRequest, SendsBodyHeadersAndLogin) {
  FakeRun run;
  run.credentials.push_back(
      Value::map_of("id", "web", "type", "usernamePassword", "username", "ann", "password", "pass-word-1"));
  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.status = 201, .body = "made"}; });
  auto outcome = run.perform(
      "httpRequest",
      Value::map_of("url", peer.url("/"), "httpMode", "POST", "requestBody", "{\"a\":1}", "contentType",
                    "APPLICATION_JSON", "acceptType", "APPLICATION_JSON", "authentication", "web", "customHeaders",
                    Value::list_of(Value::map_of("name", "X-Token", "value", "hidden-token", "maskValue", true),
                                   Value::map_of("name", "X-Plain", "value", "seen")),
                    "consoleLogResponseBody", true));
  ASSERT_TRUE(outcome);
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].method, "POST");
  EXPECT_EQ(seen[0].body, "{\"a\":1}");
  EXPECT_EQ(seen[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(seen[0].headers.at("authorization"), "Basic YW5uOnBhc3Mtd29yZC0x");
  EXPECT_EQ(seen[0].headers.at("x-token"), "hidden-token");
  EXPECT_THAT(run.logged, HasSubstr("Content-Type: application/json\nAccept: application/json\nX-Token: *****\n"
                                    "X-Plain: seen\nUsing authentication: web\n"));
  EXPECT_THAT(run.logged, HasSubstr("Response: \nmade\n"));
  EXPECT_THAT(run.logged, Not(HasSubstr("hidden-token")));
  EXPECT_THAT(run.secrets, testing::IsSupersetOf({"hidden-token", "pass-word-1"}));
}

TEST(HttpRequest, AcceptsOnlyWhatIsAskedFor) {
  FakeRun run;
  HttpPeer peer([](const SeenRequest& request) {
    return PeerAnswer{.status = request.target == "/gone" ? 404 : 200, .body = "ok then"};
  });
  EXPECT_EQ(run.error_of("httpRequest", Value::map_of("url", peer.url("/gone"))),
            "hudson.AbortException: Fail: Status code 404 is not in the accepted range: 100:399");
  EXPECT_EQ(run.error_of("httpRequest", Value::map_of("url", peer.url("/gone"), "validResponseCodes", "200,404")), "");
  EXPECT_EQ(run.error_of("httpRequest", Value::map_of("url", peer.url("/"), "validResponseContent", "nope")),
            "hudson.AbortException: Fail: Response doesn't contain expected content 'nope'");
  EXPECT_EQ(run.error_of("httpRequest", Value::map_of("url", peer.url("/"), "validResponseContent", "ok")), "");
  EXPECT_THAT(run.error_of("httpRequest", Value::map_of("url", peer.url("/"), "validResponseCodes", "a:b")),
              HasSubstr("java.lang.IllegalArgumentException: Code range a:b should be"));
  EXPECT_EQ(peer.seen().size(), 4u);
}

TEST(HttpRequest, TreatsAnUnreachableHostAsAnAnswer) {
  FakeRun run;
  int port = 0;
  ::close(listen_on_loopback(port));
  const auto url = "http://127.0.0.1:" + std::to_string(port) + "/";
  auto outcome = run.perform("httpRequest", Value::map_of("url", url, "validResponseCodes", "408"));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->value.get_int("status"), 408);
  EXPECT_THAT(run.logged, HasSubstr("as 408 Request Timeout"));
  EXPECT_THAT(run.error_of("httpRequest", Value::map_of("url", "file:///etc/passwd")),
              HasSubstr("java.net.MalformedURLException"));
  EXPECT_THAT(run.error_of("httpRequest", Value::map_of("url", "http://a\r\nb")),
              HasSubstr("java.net.MalformedURLException"));
}

TEST(HttpRequest, SavesAndUploadsFiles) {
  FakeRun run;
  run.write("in.bin", std::string("a\0b", 3));
  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.body = "saved"}; });
  auto outcome = run.perform(
      "httpRequest", Value::map_of("url", peer.url(), "httpMode", "PUT", "uploadFile", "in.bin", "wrapAsMultipart",
                                   false, "outputFile", "out/answer.txt", "responseHandle", "NONE", "quiet", true));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->value.find("content")->is_null());
  EXPECT_EQ(run.read("out/answer.txt"), "saved");
  EXPECT_EQ(run.logged, "");
  EXPECT_EQ(peer.seen().at(0).method, "PUT");
  EXPECT_EQ(peer.seen().at(0).body, std::string("a\0b", 3));

  run.perform("httpRequest", Value::map_of("url", peer.url(), "httpMode", "POST", "uploadFile", "in.bin",
                                           "multipartName", "data", "contentType", "APPLICATION_FORM_DATA"));
  const auto form = peer.seen().at(1);
  EXPECT_THAT(form.headers.at("content-type"), HasSubstr("multipart/form-data; boundary="));
  EXPECT_THAT(form.body, HasSubstr("name=\"data\"; filename=\"in.bin\""));

  run.place.has_node = false;
  EXPECT_THAT(run.error_of("httpRequest", Value::map_of("url", peer.url(), "outputFile", "x")),
              HasSubstr("Could not find workspace to save file outputFile: x"));
}

TEST(HttpRequest, FollowsRedirectsOfReadsOnly) {
  FakeRun run;
  HttpPeer peer([](const SeenRequest& request) {
    if (request.target != "/a") return PeerAnswer{.body = "there"};
    return PeerAnswer{.status = 302, .headers = {"Location: /b"}};
  });
  EXPECT_EQ(run.perform("httpRequest", Value::map_of("url", peer.url("/a")))->value.get_string("content"), "there");
  EXPECT_EQ(
      run.perform("httpRequest", Value::map_of("url", peer.url("/a"), "httpMode", "POST"))->value.get_int("status"),
      302);
}

TEST(HttpRequest, EndsWhenTheRunIsStopped) {
  FakeRun run;
  int port = 0;
  const int deaf = listen_on_loopback(port);  // accepts by backlog and never answers
  run.is_cancelled = true;
  EXPECT_THAT(run.error_of("httpRequest", Value::map_of("url", "http://127.0.0.1:" + std::to_string(port) + "/")),
              HasSubstr("asked to stop"));
  ::close(deaf);
}

TEST(HttpRequest, OnlyReadsMayBeRepeated) {
  for (const auto& row : effect_table()) {
    if (row.name != "httpRequest") continue;
    EXPECT_EQ(row.kind_of(Value::map_of("httpMode", "GET")), EffectKind::read);
    EXPECT_EQ(row.kind_of(Value::map_of("httpMode", "HEAD")), EffectKind::read);
    EXPECT_EQ(row.kind_of(Value::map_of("httpMode", "POST")), EffectKind::once);
    EXPECT_EQ(row.kind_of(Value::map_of("httpMode", "DELETE")), EffectKind::once);
  }
}

}  // namespace
}  // namespace windlass::steps
