#include "server/run_settings.h"

#include <gtest/gtest.h>
#include <map>

#include "casc/casc.h"
#include "data/json.h"

namespace windlass::server {
namespace {

casc::Configuration configured(const std::string& text) { return casc::read({{"f", text}}, {}).value().configuration; }

std::function<std::string(const std::string&)> environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

const std::map<std::string, std::string> kChart = {{"EMAIL_SMTP_HOST", "mail.example.com"},
                                                   {"EMAIL_SMTP_PORT", "465"},
                                                   {"EMAIL_USE_SSL", "true"},
                                                   {"EMAIL_FROM_NAME", "KubeSphere"},
                                                   {"EMAIL_FROM_ADDR", "a@example.com"},
                                                   {"EMAIL_FROM_PASS", "secret"},
                                                   {"SONAR_SERVER_URL", "http://sonar"},
                                                   {"SONAR_AUTH_TOKEN", "t"}};

/// Ill 29: values that the chart hands to nobody reach the server here.
TEST(RunSettings, TheChartsVariablesWhereNoConfigurationNamesTheService) {
  const auto got = run_settings(nullptr, environment(kChart));
  EXPECT_EQ(data::format_json(*got.services.find("mail")),
            R"({"host":"mail.example.com","port":465,"ssl":true,"starttls":false,"user":"a@example.com",)"
            R"("password":"secret","from":"a@example.com","fromName":"KubeSphere"})");
  EXPECT_EQ(data::format_json(*got.services.find("sonar")), R"([{"name":"sonar","url":"http://sonar","token":"t"}])");
  const auto configuration = configured(
      "unclassified: {mailer: {smtpHost: m, authentication: {username: u, password: p}}, sonarGlobalConfiguration: "
      "{installations: [{name: s, serverUrl: 'http://s'}]}}");
  const auto own = run_settings(&configuration, environment(kChart));
  EXPECT_EQ(own.services.find("mail")->get_string("host"), "m");
  EXPECT_EQ(own.services.find("mail")->get_string("password"), "p") << "never one server's password for another";
  EXPECT_EQ(own.services.find("mail")->get_string("from"), "a@example.com");
  EXPECT_EQ(own.services.find("sonar")->items()[0].get_string("url"), "http://s");
  EXPECT_EQ(own.services.find("sonar")->items()[0].get_string("token"), "");
}

TEST(RunSettings, EverythingElseOfADocument) {
  const auto configuration = configured(
      "jenkins: {labelString: 'a  b', quietPeriod: 3, scmCheckoutRetryCount: 2, globalNodeProperties: [{envVars: {env: "
      "[{key: K, value: v}]}}]}\n"
      "unclassified: {globalLibraries: {libraries: [{name: l, defaultVersion: main, implicit: true, retriever: "
      "{modernSCM: {scm: {git: {remote: 'https://r', credentialsId: c}}}}}, {name: nowhere}]}}\n"
      "tool: {maven: {installations: [{name: m3, home: /m}, {name: none}]}}");
  const auto got = run_settings(&configuration, environment({}));
  EXPECT_EQ(got.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(got.quiet_millis, 3000);
  EXPECT_EQ(got.environment.at("K"), "v");
  EXPECT_EQ(got.services.get_int("checkoutRetries"), 2);
  EXPECT_EQ(got.services.find("mail"), nullptr);
  ASSERT_EQ(got.libraries.size(), 1U);
  EXPECT_EQ(got.libraries[0].repository, "https://r");
  EXPECT_EQ(got.libraries[0].credentials_id, "c");
  EXPECT_TRUE(got.libraries[0].configured && got.libraries[0].implicit);
  ASSERT_EQ(got.tools.size(), 1U);
  EXPECT_EQ(got.tools[0].kind, "maven");
}

TEST(RunSettings, NothingFromNothing) {
  const auto got = run_settings(nullptr, environment({}));
  EXPECT_EQ(got.services.size(), 0U);
  EXPECT_TRUE(got.environment.empty() && got.libraries.empty() && got.tools.empty() && got.labels.empty());
}

}  // namespace
}  // namespace windlass::server
