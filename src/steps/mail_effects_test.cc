#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "steps/mail_message.h"
#include "steps/testing/fake_run.h"
#include "steps/testing/smtp_peer.h"

namespace windlass::steps {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(MailAddresses, ReadsWhatPeopleWrite) {
  std::vector<std::string> refused;
  auto read = [&refused](std::string_view text) { return show_addresses(parse_addresses(text, refused)); };
  EXPECT_EQ(read("a@x, b@y; c@z d@w\n e@v"), "a@x, b@y, c@z, d@w, e@v");
  EXPECT_EQ(read("\"Last, First\" <a@x>, Plain Name <b@y>"), "Last, First <a@x>, Plain Name <b@y>");
  EXPECT_EQ(read("root"), "root");
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(read("a@, <x y@z>, -oQ/tmp, @b"), "");
  EXPECT_THAT(refused, ElementsAre("a@", "<x y@z>", "-oQ/tmp", "@b"));
}

TEST(MailHeaders, T44_NoLineBreakGetsThrough) {
  EXPECT_EQ(encode_header("plain text"), "plain text");
  EXPECT_EQ(encode_header("two\r\nBcc: x@y"), "two  Bcc: x@y");
  EXPECT_EQ(encode_header("grüße"), "=?UTF-8?B?Z3LDvMOfZQ==?=");
  const auto folded = encode_header("构建失败：一个很长很长很长很长很长很长很长的主题，超过一行所能容纳的长度");
  for (std::size_t at = 0; at < folded.size();) {
    const auto end = std::min(folded.find("\r\n ", at), folded.size());
    EXPECT_LE(end - at, 75u);
    at = end + 3;
  }
  EXPECT_EQ(format_address({"Ann \"A\" B", "a@x"}), "\"Ann \\\"A\\\" B\" <a@x>");
  EXPECT_EQ(format_address({"安", "a@x"}), "=?UTF-8?B?5a6J?= <a@x>");
}

Value mail_to(std::string to, std::string subject = "hello", std::string body = "text\n") {
  return Value::map_of("to", to, "subject", subject, "body", body, "charset", "UTF-8", "mimeType", "text/plain");
}

TEST(Mail, IsShownWhereThereIsNoServer) {
  FakeRun run;
  run.mask("s3cret-word");
  EXPECT_EQ(run.error_of("mail", mail_to("a@x", "sub\r\nBcc: evil@y", "the s3cret-word is out")), "");
  EXPECT_EQ(run.logged,
            "EMAIL_SMTP_HOST is not set: this mail is shown here and not sent.\n---- mail ----\n"
            "From: windlass@localhost\nTo: a@x\nSubject: sub  Bcc: evil@y\nContent-Type: text/plain; charset=UTF-8\n\n"
            "the **** is out\n---- end of mail ----\n");
}

TEST(Mail, NeedsSomebodyToSendTo) {
  FakeRun run;
  EXPECT_EQ(run.error_of("mail", mail_to("")),
            "hudson.AbortException: Email not sent. No recipients of any kind specified ('to', 'cc', 'bcc').");
  auto extended = mail_to("");
  extended.set("providers", Value::list_of("requestor"));
  EXPECT_EQ(run.error_of("mail", extended), "");
  EXPECT_EQ(run.logged, "An attempt to send an e-mail to empty list of recipients, ignored.\n");
}

struct MailSent : testing::Test {
  MailSent() {
    auto& env = run.place.environment;
    env["EMAIL_SMTP_HOST"] = "127.0.0.1";
    env["EMAIL_SMTP_PORT"] = std::to_string(peer.port());
    env["EMAIL_FROM_NAME"] = "Windlass";
    env["EMAIL_FROM_ADDR"] = "ci@x.example";
  }
  FakeRun run;
  SmtpPeer peer;
};

TEST_F(MailSent, GoesToAllRecipientsOnce) {
  auto wanted = mail_to("a@x, a@x", "grüße", "a line\nthe s3cret-word\n.\nend");
  wanted.set("cc", "c@x");
  wanted.set("bcc", "hidden@x");
  wanted.set("replyTo", "Team <team@x>");
  run.mask("s3cret-word");
  EXPECT_EQ(run.error_of("mail", wanted), "");
  const auto mails = peer.mails();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].from, "ci@x.example");
  EXPECT_THAT(mails[0].to, ElementsAre("a@x", "c@x", "hidden@x"));
  const auto& data = mails[0].data;
  EXPECT_THAT(data, HasSubstr("From: \"Windlass\" <ci@x.example>\r\n"));
  EXPECT_THAT(data, HasSubstr("To: a@x\r\n"));
  EXPECT_THAT(data, HasSubstr("Cc: c@x\r\n"));
  EXPECT_THAT(data, HasSubstr("Reply-To: \"Team\" <team@x>\r\n"));
  EXPECT_THAT(data, HasSubstr("Subject: =?UTF-8?B?Z3LDvMOfZQ==?=\r\n"));
  EXPECT_THAT(data, HasSubstr("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"));
  EXPECT_THAT(data, HasSubstr("a line\r\nthe ****\r\n..\r\nend"));
  EXPECT_THAT(data, Not(HasSubstr("hidden@x")));
  EXPECT_EQ(run.logged, "");
}

TEST_F(MailSent, LogsInAndMasksThePassword) {
  run.place.environment["EMAIL_FROM_PASS"] = "mail-password";
  EXPECT_EQ(run.error_of("mail", mail_to("a@x")), "");
  EXPECT_THAT(peer.commands(), testing::Contains(HasSubstr("AGNpQHguZXhhbXBsZQBtYWlsLXBhc3N3b3Jk")));
  EXPECT_THAT(run.secrets, ElementsAre("mail-password"));
}

TEST(MailConfigured, ByTheServersConfiguration) {
  FakeRun run;
  SmtpPeer peer;
  run.facts["service:mail"] = R"({"host":"127.0.0.1","port":)" + std::to_string(peer.port()) +
                              R"(,"user":"ci","password":"mail-password","from":"ci@x","fromName":"CI",)"
                              R"("replyTo":"no-reply@x","suffix":"@y.example"})";
  EXPECT_EQ(run.error_of("mail", mail_to("dev, a@x")), "");
  const auto mail = peer.mails().at(0);
  EXPECT_EQ(mail.from, "ci@x");
  EXPECT_THAT(mail.to, ElementsAre("dev@y.example", "a@x"));
  EXPECT_THAT(mail.data, HasSubstr("Reply-To: no-reply@x\r\n"));
  EXPECT_THAT(peer.commands(), testing::Contains(HasSubstr("AGNpAG1haWwtcGFzc3dvcmQ=")));
  EXPECT_THAT(run.secrets, ElementsAre("mail-password"));
}

TEST(MailConfigured, AHostOfThePipelinesOwnGetsNoPassword) {
  FakeRun run;
  SmtpPeer peer;
  run.facts["service:mail"] = R"({"host":"mail.invalid","user":"ci","password":"mail-password","from":"ci@x"})";
  run.place.environment["EMAIL_SMTP_HOST"] = "127.0.0.1";
  run.place.environment["EMAIL_SMTP_PORT"] = std::to_string(peer.port());
  EXPECT_EQ(run.error_of("mail", mail_to("a@x")), "");
  ASSERT_EQ(peer.mails().size(), 1U);
  EXPECT_THAT(peer.commands(), testing::Not(testing::Contains(HasSubstr("AUTH"))));
  EXPECT_TRUE(run.secrets.empty());
}

TEST_F(MailSent, CarriesAttachmentsAndTheLog) {
  run.write("out/report.txt", "report body");
  run.write("out/data.bin", std::string("\0\1", 2));
  run.log("line one\n");
  auto wanted = mail_to("a@x");
  wanted.set("attachments", "out/*.txt");
  wanted.set("attachLog", true);
  EXPECT_EQ(run.error_of("mail", wanted), "");
  const auto data = peer.mails().at(0).data;
  EXPECT_THAT(data, HasSubstr("filename=\"report.txt\""));
  EXPECT_THAT(data, HasSubstr("cmVwb3J0IGJvZHk="));
  EXPECT_THAT(data, HasSubstr("filename=\"build.log\""));
  EXPECT_THAT(data, HasSubstr("bGluZSBvbmUK"));
  EXPECT_THAT(data, Not(HasSubstr("data.bin")));

  wanted.set("compressLog", true);
  EXPECT_EQ(run.error_of("mail", wanted), "");
  EXPECT_THAT(peer.mails().at(1).data, HasSubstr("filename=\"build.zip\""));
}

TEST_F(MailSent, FindsPeopleByTheirPart) {
  run.facts["scm_author_email"] = "dev@x";
  run.facts["user_email"] = "me@x";
  auto wanted = mail_to("");
  wanted.set("providers", Value::list_of("developers", "culprits", "requestor", "unknownProvider"));
  EXPECT_EQ(run.error_of("mail", wanted), "");
  EXPECT_THAT(peer.mails().at(0).to, ElementsAre("dev@x", "me@x"));
  EXPECT_EQ(run.logged, "Sending email to: dev@x me@x\n");
}

TEST_F(MailSent, SaysWhatTheServerRefused) {
  EXPECT_THAT(run.error_of("mail", mail_to("nobody@x")), HasSubstr("550"));
  EXPECT_TRUE(peer.mails().empty());
  int port = 0;
  ::close(listen_on_loopback(port));
  run.place.environment["EMAIL_SMTP_PORT"] = std::to_string(port);
  EXPECT_THAT(run.error_of("mail", mail_to("a@x")),
              HasSubstr("javax.mail.MessagingException: Could not send the mail by 127.0.0.1:"));
}

}  // namespace
}  // namespace windlass::steps
