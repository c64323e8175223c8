#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "steps/testing/fake_run.h"
#include "steps/testing/http_peer.h"

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

struct Chat : testing::Test {
  Chat() { run.credentials.push_back(Value::map_of("id", "slack", "type", "string", "secret", "xoxb-token-1")); }
  FakeRun run;
};

TEST_F(Chat, SlackByWebhook) {
  HttpPeer peer;
  run.mask("s3cret-word");
  auto outcome =
      run.perform("chat", Value::map_of("service", "slack", "baseUrl", peer.url("/hooks/"), "tokenCredentialId",
                                        "slack", "channel", "#a, #b", "message", "done s3cret-word", "color", "good"));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->value.has_members());
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].target, "/hooks/xoxb-token-1");
  const auto document = json(seen[0].body);
  EXPECT_EQ(document.get_string("channel"), "#a");
  EXPECT_EQ(json(seen[1].body).get_string("channel"), "#b");
  const auto& attachment = document.find("attachments")->items().at(0);
  EXPECT_EQ(attachment.get_string("text"), "done ****");
  EXPECT_EQ(attachment.get_string("color"), "good");
  EXPECT_THAT(run.secrets, testing::Contains("xoxb-token-1"));
  EXPECT_EQ(run.logged, "Slack Send Pipeline step running, values are - baseUrl: " + peer.url("/hooks/") +
                            ", teamDomain: <empty>, channel: #a, #b, color: good, botUser: false, tokenCredentialId: "
                            "slack, notifyCommitters: false, iconEmoji: <empty>, username: <empty>, timestamp: "
                            "<empty>\n");
}

TEST_F(Chat, SlackAsBotGivesTheThread) {
  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.body = R"({"ok":true,"channel":"C1","ts":"17.5"})"}; });
  run.place.environment["SLACK_API_URL"] = peer.url("/api");
  run.place.environment["SLACK_TOKEN"] = "xoxb-token-2";
  auto outcome = run.perform("chat", Value::map_of("service", "slack", "botUser", true, "channel", "#a:11.2", "message",
                                                   "m", "replyBroadcast", true));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->value.get_string("threadId"), "C1:11.2");
  EXPECT_EQ(outcome->value.get_string("ts"), "17.5");
  const auto seen = peer.seen().at(0);
  EXPECT_EQ(seen.target, "/api/chat.postMessage");
  EXPECT_EQ(seen.headers.at("authorization"), "Bearer xoxb-token-2");
  EXPECT_EQ(json(seen.body).get_string("thread_ts"), "11.2");
  EXPECT_TRUE(json(seen.body).get_bool("reply_broadcast"));
  run.perform("chat", Value::map_of("service", "slack", "botUser", true, "channel", "C1", "message", "m", "timestamp",
                                    "17.5", "blocks", R"([{"type":"divider"}])"));
  EXPECT_EQ(peer.seen().at(1).target, "/api/chat.update");
  EXPECT_EQ(json(peer.seen().at(1).body).find("blocks")->size(), 1u);
}

TEST_F(Chat, SlackSaysWhenItCannotSend) {
  auto wanted = Value::map_of("service", "slack", "message", "hi");
  auto outcome = run.perform("chat", wanted);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->value.is_null());
  EXPECT_THAT(run.logged, HasSubstr("Slack is not configured here (no token and no baseUrl); this message is not sent: "
                                    "hi\n"));
  wanted.set("failOnError", true);
  EXPECT_EQ(run.error_of("chat", wanted), "hudson.AbortException: Slack notification failed.");

  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.status = 404, .body = "no xoxb-token-1 here"}; });
  run.logged.clear();
  wanted = Value::map_of("service", "slack", "baseUrl", peer.url("/h"), "tokenCredentialId", "slack", "message", "m");
  EXPECT_EQ(run.error_of("chat", wanted), "");
  EXPECT_THAT(run.logged, HasSubstr("ERROR: Slack notification failed: the answer was 404 no **** here\n"));
  wanted.set("tokenCredentialId", "none");
  run.logged.clear();
  EXPECT_EQ(run.error_of("chat", wanted), "");
  EXPECT_THAT(run.logged, HasSubstr("Could not find credentials entry with ID 'none'"));
}

TEST_F(Chat, OtherServices) {
  HttpPeer peer([](const SeenRequest&) { return PeerAnswer{.body = "{}"}; });
  run.facts["job"] = "demo";
  run.facts["display_name"] = "#3";
  run.place.environment["TELEGRAM_API_URL"] = peer.url();
  run.place.environment["TELEGRAM_BOT_TOKEN"] = "12:telegram";
  EXPECT_EQ(run.error_of("chat", Value::map_of("service", "teams", "webhookUrl", peer.url("/t"), "message", "m",
                                               "status", "SUCCESS")),
            "");
  EXPECT_EQ(run.error_of("chat", Value::map_of("service", "discord", "webhookURL", peer.url("/d"), "title", "T",
                                               "description", "D", "result", "FAILURE")),
            "");
  EXPECT_EQ(run.error_of("chat", Value::map_of("service", "telegram", "chatId", 42, "message", "m")), "");
  EXPECT_EQ(run.error_of("chat", Value::map_of("service", "hipchat", "server", peer.url(), "room", "a b", "token",
                                               "hip-token", "message", "m", "color", "GREEN")),
            "");
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(json(seen[0].body).get_string("summary"), "demo #3");
  EXPECT_EQ(json(seen[0].body).get_string("themeColor"), "00FF00");
  EXPECT_EQ(json(seen[1].body).find("embeds")->items().at(0).get_int("color"), 0xE74C3C);
  EXPECT_EQ(seen[2].target, "/bot12:telegram/sendMessage");
  EXPECT_EQ(json(seen[2].body).get_string("chat_id"), "42");
  EXPECT_EQ(seen[3].target, "/v2/room/a%20b/notification");
  EXPECT_EQ(json(seen[3].body).get_string("color"), "green");
  EXPECT_EQ(run.logged, "");
}

TEST_F(Chat, IsNeverRepeated) {
  for (const auto& row : effect_table()) {
    if (row.name == "chat" || row.name == "mail") EXPECT_EQ(row.kind, EffectKind::once);
  }
}

}  // namespace
}  // namespace windlass::steps
