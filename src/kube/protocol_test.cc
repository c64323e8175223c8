// The pure parts that read and write what the API server says: paths, answers, watches, exec channels, credentials,
// reviews.
#include <gtest/gtest.h>

#include "data/json.h"
#include "kube/api_answer.h"
#include "kube/channel_protocol.h"
#include "kube/exec_credential.h"
#include "kube/resource.h"
#include "kube/reviews.h"
#include "kube/watch_decoder.h"
#include "objects/metadata.h"

namespace windlass::kube {
namespace {

using data::Value;

TEST(Resource, PathsOfObjectsAndCollections) {
  EXPECT_EQ(*resource_path(resources::pods(), "ns", "p", "log", {{"container", "a b"}, {"follow", "true"}}),
            "/api/v1/namespaces/ns/pods/p/log?container=a%20b&follow=true");
  EXPECT_EQ(*resource_path(resources::leases(), "ns", ""), "/apis/coordination.k8s.io/v1/namespaces/ns/leases");
  EXPECT_EQ(*resource_path(resources::pods(), "", ""), "/api/v1/pods");
  EXPECT_EQ(*resource_path(resources::nodes(), "ns", "n1"), "/api/v1/nodes/n1");  // of no namespace
}

TEST(Resource, ANameNeverLeadsElsewhere) {
  for (const std::string name : {"..", ".", "a/b", "%2e%2e", "a?b", "a#b", "a\\b"}) {
    EXPECT_FALSE(resource_path(resources::pods(), "ns", name)) << name;
    EXPECT_FALSE(resource_path(resources::pods(), name, "p")) << name;
  }
  EXPECT_FALSE(resource_path(resources::pods(), "ns", std::string("a\0b", 3)));
  EXPECT_FALSE(resource_path(resources::pods(), "ns", std::string(300, 'a')));
  EXPECT_EQ(*resource_path(resources::custom_resource_definitions(), "", "a.b:c d"),
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b%3Ac%20d");
}

net::Headers headers(std::string_view name, std::string_view value) {
  net::Headers out;
  out.add(std::string(name), std::string(value));
  return out;
}

TEST(Answer, AStatusIsReadAndAPageIsQuoted) {
  auto status = read_status(
      409, {},
      R"({"kind":"Status","code":409,"reason":"AlreadyExists","message":"pods \"a\" already\nexists","details":{"name":"a","kind":"pods"}})",
      "POST /x");
  EXPECT_EQ(status.reason, "AlreadyExists");
  EXPECT_EQ(status.message, "pods \"a\" already exists");
  EXPECT_EQ(status.name, "a");
  status = read_status(502, headers("Content-Type", "text/plain"), "upstream is\ndown", "GET /x");
  EXPECT_EQ(status.message, "the API server answered GET /x with 502: upstream is down");
  EXPECT_EQ(status.reason, "InternalError");
  status = read_status(503, headers("Content-Type", "text/html"), "<html><script>", "GET /x");
  EXPECT_EQ(status.message, "the API server answered GET /x with 503");
  status = read_status(500, {}, "{\"kind\":\"Sta", "GET /x");
  EXPECT_EQ(status.code, 500);
}

TEST(Answer, RetryAfterInEveryForm) {
  EXPECT_EQ(read_status(429, headers("Retry-After", "7"), "", "x").retry_after_seconds, 7);
  EXPECT_EQ(read_status(429, headers("Retry-After", "Fri, 31 Dec 2027 23:59:59 GMT"), "", "x").retry_after_seconds, 1);
  EXPECT_EQ(read_status(429, headers("Retry-After", "-3"), "", "x").retry_after_seconds, 1);
  EXPECT_EQ(read_status(429, headers("Retry-After", "99999999999999"), "", "x").retry_after_seconds, 1);
  EXPECT_EQ(read_status(429, {}, R"({"kind":"Status","details":{"retryAfterSeconds":9}})", "x").retry_after_seconds, 9);
  EXPECT_EQ(read_status(429, {}, "", "x").retry_after_seconds, 0);
}

std::string event_line(std::string_view type, std::string_view version, std::string_view name = "a") {
  return "{\"type\":\"" + std::string(type) + "\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"" +
         std::string(name) + "\",\"resourceVersion\":\"" + std::string(version) +
         "\",\"managedFields\":[1],\"annotations\":{\"kubectl.kubernetes.io/"
         "last-applied-configuration\":\"{}\",\"k\":\"v\"}}}}\n";
}

TEST(WatchDecoder, EventsInPiecesOfEverySize) {
  const auto bytes = event_line("ADDED", "1") + "\n" + event_line("FUTURE", "2") + event_line("BOOKMARK", "3") +
                     event_line("DELETED", "4");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    WatchDecoder decoder;
    std::vector<Event> events;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      auto some = decoder.feed(std::string_view(bytes).substr(at, piece));
      ASSERT_TRUE(some) << some.error().message;
      for (auto& one : *some) events.push_back(std::move(one));
    }
    ASSERT_EQ(events.size(), 3u) << piece;
    EXPECT_EQ(events[0].kind, Event::Kind::added);
    EXPECT_EQ(events[1].version, "3");
    EXPECT_EQ(events[2].kind, Event::Kind::deleted);
    EXPECT_EQ(data::format_json(events[0].object),
              R"({"kind":"Pod","metadata":{"name":"a","resourceVersion":"1","annotations":{"k":"v"}}})");
    EXPECT_TRUE(decoder.end());
  }
}

TEST(WatchDecoder, WhatIsWrongEndsIt) {
  const std::pair<std::string, int> kCases[] = {
      {R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}})"
       "\n",
       410},
      {R"({"type":"ERROR","object":{"kind":"Status"}})"
       "\n",
       500},
      {"<html>\n", 500},
      {"{}\n", 500},
      {"{\"type\":\"ADDED\",\"object\":7}\n", 500},
      {"{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n", 500},
      {"{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"1\"}}}\n", 500},
      {std::string(2000, 'x'), 500},
      {std::string(500, '[') + "\n", 500},
  };
  for (const auto& [bytes, code] : kCases) {
    WatchDecoder decoder({.max_line_bytes = 1000});
    const auto events = decoder.feed(bytes);
    ASSERT_FALSE(events) << bytes.substr(0, 50);
    EXPECT_EQ(events.error().code, code);
    EXPECT_FALSE(events.error().message.empty() && code == 500 && bytes.find("ERROR") == std::string::npos);
    const auto after = decoder.feed(event_line("ADDED", "1"));
    EXPECT_TRUE(after && after->empty());
  }
  WatchDecoder cut;
  ASSERT_TRUE(cut.feed("{\"type\":\"ADD"));
  EXPECT_EQ(cut.end().error().code, 503);
}

TEST(ChannelProtocol, OutputAndTheEnd) {
  auto message = read_channel("\x01hello", ChannelVersion::v5);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, ChannelMessage::Kind::out);
  EXPECT_EQ(message->bytes, "hello");
  EXPECT_EQ(read_channel(std::string("\x02", 1) + "x", ChannelVersion::v4)->kind, ChannelMessage::Kind::err);
  EXPECT_EQ(read_channel("\x01", ChannelVersion::v4)->kind, ChannelMessage::Kind::nothing);
  message = read_channel("\x03{\"kind\":\"Status\",\"status\":\"Success\"}", ChannelVersion::v4);
  EXPECT_EQ(message->kind, ChannelMessage::Kind::result);
  EXPECT_EQ(message->result.exit_code, 0);
  EXPECT_FALSE(message->result.failure);
  message = read_channel(
      "\x03{\"metadata\":{},\"status\":\"Failure\",\"reason\":\"NonZeroExitCode\",\"message\":\"m\",\"details\":{"
      "\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"42\"}]}}",
      ChannelVersion::v4);
  EXPECT_EQ(message->result.exit_code, 42);
  EXPECT_FALSE(message->result.failure);
  message =
      read_channel("\x03{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"no such program\",\"code\":500}",
                   ChannelVersion::v4);
  ASSERT_TRUE(message->result.failure);
  EXPECT_EQ(message->result.failure->message, "no such program");
  EXPECT_TRUE(read_channel("\x03garbage", ChannelVersion::v5)->result.failure);
  EXPECT_EQ(read_channel("\xff\x01", ChannelVersion::v5)->kind, ChannelMessage::Kind::nothing);
  EXPECT_FALSE(read_channel("\xff\x01", ChannelVersion::v4));
  EXPECT_FALSE(read_channel("", ChannelVersion::v4));
  EXPECT_FALSE(read_channel("\x09x", ChannelVersion::v4));
}

TEST(ChannelProtocol, WhatWeSay) {
  EXPECT_EQ(stdin_message("ab"), std::string("\0ab", 3));
  EXPECT_EQ(resize_message(80, 24), "\x04{\"Width\":80,\"Height\":24}");
  EXPECT_EQ(close_stdin_message(ChannelVersion::v5), std::string("\xff\0", 2));
  EXPECT_EQ(close_stdin_message(ChannelVersion::v4), "");
  EXPECT_EQ(channel_version("v4.channel.k8s.io"), ChannelVersion::v4);
  EXPECT_FALSE(channel_version("base64.channel.k8s.io"));
}

TEST(ExecCredential, WhatAPluginPrints) {
  ExecPlugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  plugin.command = "login";
  const std::string head = R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential")";
  const auto good = parse_exec_credential(
      head + R"(,"status":{"token":"t","expirationTimestamp":"2027-01-01T00:00:00+01:00"}})", plugin);
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(good->token, "t");
  EXPECT_EQ(good->expires, 1798758000000);
  for (const auto* rest :
       {"", "}", R"(,"status":{}})", R"(,"status":{"clientKeyData":"geheim"}})",
        R"(,"status":{"token":"geheim\nX: y"}})", R"(,"status":{"token":"geheim","expirationTimestamp":"soon"}})"}) {
    const auto bad = parse_exec_credential(head + rest, plugin);
    ASSERT_FALSE(bad) << rest;
    EXPECT_TRUE(bad.error().message.starts_with("the credential program login ")) << bad.error().message;
    EXPECT_EQ(bad.error().message.find("geheim"), std::string::npos);
  }
  plugin.api_version = "client.authentication.k8s.io/v1beta1";
  EXPECT_FALSE(parse_exec_credential(head + R"(,"status":{"token":"t"}})", plugin));
}

TEST(ExecCredential, WhatAPluginIsTold) {
  ExecPlugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  Access access;
  access.server = *net::parse_url("https://h:6443", "x");
  EXPECT_EQ(exec_info(plugin, access, "PEM"),
            R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
  plugin.provide_cluster_info = true;
  EXPECT_NE(exec_info(plugin, access, "PEM")
                .find(R"("cluster":{"server":"https://h:6443","certificate-authority-data":"UEVN"})"),
            std::string::npos);
}

TEST(Reviews, ATokenCountsOnlyForItsAudience) {
  const auto answer = [](std::string_view status) {
    return *data::parse_json(R"({"kind":"TokenReview","status":)" + std::string(status) + "}");
  };
  const auto person = read_token_review(
      answer(
          R"({"authenticated":true,"audiences":["windlass"],"user":{"username":"u","groups":["a","b"],"extra":{"k":["v"]}}})"),
      {"windlass"});
  ASSERT_TRUE(person);
  EXPECT_EQ(person->name, "u");
  EXPECT_EQ(person->groups.size(), 2u);
  EXPECT_EQ(read_token_review(answer(R"({"authenticated":false,"error":"expired"})"), {}).error().code, 401);
  EXPECT_EQ(read_token_review(answer(R"({"authenticated":true,"user":{"username":"u"}})"), {"windlass"}).error().code,
            401);
  EXPECT_EQ(read_token_review(answer(R"({"authenticated":true,"user":{}})"), {}).error().code, 500);
  EXPECT_EQ(read_token_review(*data::parse_json("{}"), {}).error().code, 500);
}

TEST(Reviews, WhatSomebodyMayDo) {
  const Attributes what{.verb = "create",
                        .group = "",
                        .resource = "pods",
                        .subresource = "exec",
                        .name = "",
                        .namespace_ = "ns",
                        .path = ""};
  EXPECT_EQ(what.text(), "create pods/exec in namespace ns");
  EXPECT_EQ(
      data::format_json(self_subject_access_review(what)),
      R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"create","resource":"pods","subresource":"exec","namespace":"ns"}}})");
  EXPECT_TRUE(read_access_review(*data::parse_json(R"({"status":{"allowed":true}})"))->allowed);
  EXPECT_FALSE(read_access_review(*data::parse_json(R"({"status":{"allowed":true,"denied":true}})"))->allowed);
  EXPECT_FALSE(read_access_review(*data::parse_json(R"({"status":{}})")));
  const auto person = subject_access_review({.name = "u", .uid = "", .groups = {"g"}, .extra = {{"k", {"v"}}}}, what);
  EXPECT_EQ(person.find("spec")->find("extra")->find("k")->size(), 1u);
}

}  // namespace
}  // namespace windlass::kube
