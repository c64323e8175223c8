#include "net/url.h"

#include <gtest/gtest.h>
#include <map>

namespace windlass::net {
namespace {

TEST(Url, PartsOfAnAddress) {
  auto url = parse_url("https://API.example.com:6443/k8s/clusters/c-1/", "the address");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->text(), "https://api.example.com:6443/k8s/clusters/c-1");
  EXPECT_TRUE(url->is_tls());
  url = parse_url("https://[fd00::1]", "the address");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->authority(), "[fd00::1]:443");
  url = parse_url("http://us%40er:p%3Aw@proxy:3128", "the proxy");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->user, "us@er");
  EXPECT_EQ(url->password, "p:w");
  EXPECT_EQ(url->text(), "http://proxy:3128");
}

TEST(Url, WhatIsWrongIsSaidWithoutThePassword) {
  for (const std::string text : {"example.com", "ftp://x", "https://", "https://h:0", "https://h:99999", "https://h:1x",
                                 "https://[::1", "https://[x]", "https://h/a b", "https://h/?q", "https://a\\b",
                                 "https://h\r\nX: y", "https://u:secret%@h", "https://u:secret@h:0"}) {
    const auto url = parse_url(text, "the server's address");
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::invalid);
    EXPECT_TRUE(url.error().message.starts_with("the server's address ")) << url.error().message;
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos);
  }
}

std::string proxy(const std::string& target, std::map<std::string, std::string> variables) {
  const auto found =
      proxy_for(*parse_url(target, "x"), [&](std::string_view name) { return variables[std::string(name)]; });
  if (!found) return "error: " + found.error().message;
  return *found ? (*found)->text() : "none";
}

TEST(Proxy, IsTakenByTheSchemeAndTheExceptions) {
  EXPECT_EQ(proxy("https://k8s:6443", {}), "none");
  EXPECT_EQ(proxy("https://k8s:6443", {{"HTTPS_PROXY", "http://p:3128"}}), "http://p:3128");
  EXPECT_EQ(proxy("https://k8s:6443", {{"https_proxy", "p:3128"}}), "http://p:3128");
  EXPECT_EQ(proxy("https://k8s:6443", {{"HTTP_PROXY", "http://p:3128"}}), "none");
  EXPECT_EQ(proxy("http://k8s", {{"http_proxy", "https://p"}}), "https://p:443");
  EXPECT_EQ(proxy("https://k8s:6443", {{"HTTPS_PROXY", "p"}, {"NO_PROXY", "a, K8S ,b"}}), "none");
  EXPECT_EQ(proxy("https://k8s:6443", {{"HTTPS_PROXY", "p"}, {"no_proxy", "k8s:443"}}), "http://p:80");
  for (const auto* own : {"https://localhost", "https://127.3.2.1", "https://[::1]"}) {
    EXPECT_EQ(proxy(own, {{"HTTPS_PROXY", "p"}}), "none");
  }
  EXPECT_EQ(proxy("https://k8s", {{"HTTPS_PROXY", "http://u:geheim@p:x"}}),
            "error: HTTPS_PROXY's value has no right host and port");
}

TEST(Proxy, ExceptionsAsGoReadsThem) {
  struct Case {
    const char* list;
    const char* host;
    bool excepted;
  };
  const Case kCases[] = {
      {"example.com", "example.com", true},
      {"example.com", "api.example.com", true},
      {"example.com", "myexample.com", false},
      {".example.com", "api.example.com", true},
      {".example.com", "example.com", false},
      {"*.example.com", "api.example.com", true},
      {"*.example.com", "example.com", false},
      {"*", "anything", true},
      {"10.96.0.0/12", "10.97.3.4", true},
      {"10.96.0.0/12", "10.112.0.1", false},
      {"10.96.0.0/33", "10.96.0.1", false},
      {"10.96.0.0/12", "host", false},
      {"10.96.0.1", "10.96.0.1", true},
      {"10.96.0.1", "10.96.0.10", false},
      {"fd00::/8", "fd12::1", true},
      {"fd00::1", "fd00:0::1", true},
      {"[fd00::1]:6443", "fd00::1", true},
      {"[fd00::1]:443", "fd00::1", false},
      {"svc,.cluster.local", "a.b.svc", true},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"", "x", false},
      {" , ,", "x", false},
  };
  for (const auto& one : kCases)
    EXPECT_EQ(is_excepted(one.list, one.host, 6443), one.excepted) << one.list << " " << one.host;
}

}  // namespace
}  // namespace windlass::net
