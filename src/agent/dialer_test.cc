#include "agent/dialer.h"

#include <gtest/gtest.h>

#include "agent/name_lookup.h"

namespace windlass::agent {
namespace {

TEST(ServerUrl, IsTakenApart) {
  struct Case {
    const char *url, *host;
    std::uint16_t port;
    const char* prefix;
    bool is_secret = false;
  };
  for (const auto& [url, host, port, prefix, is_secret] : {
           Case{"http://devops-jenkins.kubesphere-devops-system:80", "devops-jenkins.kubesphere-devops-system", 80, ""},
           Case{"http://10.0.0.1:8080/", "10.0.0.1", 8080, ""},
           Case{"http://w/jenkins/", "w", 80, "/jenkins"},
           Case{"http://[fd00::1]:9090/a/b?c", "fd00::1", 9090, "/a/b"},
           Case{"https://ci.example.org/jenkins", "ci.example.org", 443, "/jenkins", true},
           Case{"https://10.0.0.1:50000/", "10.0.0.1", 50000, "", true},
       }) {
    auto address = parse_server_url(url);
    ASSERT_TRUE(address) << url << ": " << address.error().text();
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, port);
    EXPECT_EQ(address->prefix, prefix);
    EXPECT_EQ(address->is_secret, is_secret);
  }
}

TEST(ServerUrl, WhatIsNoneIsASentenceWithTheUrl) {
  for (const auto* url : {"", "ftp://a", "http://", "http://:80", "http://a:0", "http://a:70000", "http://a:b",
                          "http://[::1", "http://u:p@host/", "http://a\r\nX: y/", "https://", "https://a:0"}) {
    auto address = parse_server_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_NE(address.error().text().find("JENKINS_URL"), std::string::npos) << address.error().text();
  }
}

TEST(Hosts, TheNamesOfALine) {
  const std::string text =
      "127.0.0.1 localhost\n# 1.1.1.1 no\n10.1.2.3\tserver server.local # the server\nfd00::3 server\n";
  EXPECT_EQ(addresses_in_hosts(text, "server"), (std::vector<std::string>{"10.1.2.3", "fd00::3"}));
  EXPECT_EQ(addresses_in_hosts(text, "the"), std::vector<std::string>());
  EXPECT_EQ(addresses_in_hosts("", "server"), std::vector<std::string>());
}

}  // namespace
}  // namespace windlass::agent
