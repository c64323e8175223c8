#include "text/masker.h"

#include <gtest/gtest.h>

#include "num/java_random.h"
#include "text/codec.h"
#include "text/shell_quote.h"

namespace windlass::text {
namespace {

/// The definition: every byte under some occurrence of some form is covered; each covered run shows as ****.
std::string naive_mask(const std::vector<std::string>& secrets, std::string_view text) {
  std::vector<bool> covered(text.size(), false);
  for (const auto& secret : secrets) {
    for (const auto& form : secret_forms(secret)) {
      for (std::size_t at = text.find(form); at != text.npos; at = text.find(form, at + 1)) {
        std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(at), form.size(), true);
      }
    }
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!covered[i])
      out.push_back(text[i]);
    else if (i == 0 || !covered[i - 1])
      out += "****";
  }
  return out;
}

TEST(Masker, CoversTheFormsOfASecret) {
  const std::string secret = "p@ss w\"rd'$7&x";
  auto set = SecretSet::make({secret});
  const std::string forms[] = {secret,
                               encode_base64(secret),
                               encode_base64("user:" + secret),
                               encode_base64("u:" + secret + "-tail"),
                               encode_base64("us:" + secret, Base64::url, false),
                               encode_form_url(secret),
                               encode_uri_component(secret),
                               escape_json(secret),
                               shell_quote(secret),
                               encode_hex(secret),
                               encode_hex(secret, true)};
  for (const auto& form : forms) {
    std::string shown = mask_all(*set, "before " + form + " after");
    EXPECT_NE(shown.find("****"), std::string::npos) << form;
    EXPECT_TRUE(shown.starts_with("before ")) << shown;
    EXPECT_TRUE(shown.ends_with(" after")) << shown;
    // What stays of a base64 text is what depends on its neighbours: a few symbols at most.
    EXPECT_LE(shown.size(), std::string("before  after").size() + 4 + 14) << shown;
  }
}

TEST(Masker, LinesOfAMultilineSecret) {
  auto set = SecretSet::make({"first line\n  second line  \n\nab\n"});
  EXPECT_EQ(mask_all(*set, "x first line y second line z ab"), "x **** y **** z ab");
  EXPECT_EQ(mask_all(*set, "first line\r\n  second line  \r\n\r\nab\r\n!"), "****!");
}

TEST(Masker, OverlapsAndNeighboursAreOneMask) {
  auto set = SecretSet::make({"secret", "retro", "tea"});
  EXPECT_EQ(mask_all(*set, "a secretro b"), "a **** b");
  EXPECT_EQ(mask_all(*set, "secretsecret"), "****");
  EXPECT_EQ(mask_all(*set, "secre"), "secre");
  EXPECT_EQ(mask_all(*SecretSet::make({"", "ab"}), "ab cd"), "ab cd");
  EXPECT_EQ(mask_all(*SecretSet::make({}), "ab cd"), "ab cd");
}

TEST(Masker, HoldsBackOnlyWhatMayBeASecret) {
  Masker masker(SecretSet::make({"secret"}));
  EXPECT_EQ(masker.push("hello sec"), "hello ");
  EXPECT_EQ(masker.held_back(), 3U);
  EXPECT_EQ(masker.push("ond "), "second ");
  EXPECT_EQ(masker.push("se"), "");
  EXPECT_EQ(masker.push("cret"), "****");
  EXPECT_EQ(masker.push("s"), "");
  EXPECT_EQ(masker.flush(), "s");
}

TEST(Masker, T34_ShortSecretsHaveNoFormThatHitsInnocentText) {
  for (const auto& form : secret_forms("pw1")) EXPECT_TRUE(form == "pw1" || form.size() >= 4) << form;
  EXPECT_EQ(mask_all(*SecretSet::make({"pw1"}), "pw1 cHcx 707731 " + encode_base64("xpw1y").substr(2, 3)),
            "**** **** **** " + encode_base64("xpw1y").substr(2, 3));
}

TEST(Masker, CuttingTheInputChangesNothing) {
  num::JavaRandom random(20261124);
  auto below = [&](int bound) { return *random.next_int(bound); };
  auto word = [&](int length) {
    std::string out;
    for (int i = 0; i < length; ++i) out.push_back("abc\n'"[below(5)]);
    return out;
  };
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> secrets;
    for (int i = below(4); i >= 0; --i) secrets.push_back(word(below(7)));
    std::string text = word(below(60));
    if (below(2) == 0) text += encode_base64(secrets[0]) + encode_hex(secrets[0]) + secrets[0];
    std::string expected = naive_mask(secrets, text);
    Masker masker(SecretSet::make(secrets));
    std::string actual;
    for (std::size_t at = 0; at < text.size();) {
      auto count = static_cast<std::size_t>(below(5));
      masker.push(std::string_view(text).substr(at, count), actual);
      at += count;
    }
    masker.flush(actual);
    ASSERT_EQ(actual, expected) << "round " << round << " text " << text;
  }
}

TEST(Masker, WhatIsPassedOverHasNoSecret) {
  // Windows of every length, in texts long enough to jump in, with beginnings of secrets everywhere.
  num::JavaRandom random(20261130);
  auto below = [&](int bound) { return *random.next_int(bound); };
  auto word = [&](int length) {
    std::string out;
    for (int i = 0; i < length; ++i) out.push_back("abcdefgh"[below(8)]);
    return out;
  };
  for (int round = 0; round < 100; ++round) {
    std::vector<std::string> secrets;
    for (int i = below(6); i >= 0; --i) secrets.push_back(word(3 + below(30)));
    std::string text;
    while (text.size() < 1500) {
      const auto& secret = secrets[static_cast<std::size_t>(below(static_cast<int>(secrets.size())))];
      text += word(below(60));
      if (below(2) == 0) text += secret.substr(0, static_cast<std::size_t>(below(static_cast<int>(secret.size()) + 1)));
      if (below(6) == 0) text += secret;
    }
    const auto expected = naive_mask(secrets, text);
    auto set = SecretSet::make(secrets);
    ASSERT_EQ(mask_all(*set, text), expected) << "round " << round << " text " << text;
    Masker masker(set);
    std::string actual;
    for (std::size_t at = 0; at < text.size();) {
      const auto count = static_cast<std::size_t>(below(200));
      masker.push(std::string_view(text).substr(at, count), actual);
      at += count;
    }
    masker.flush(actual);
    ASSERT_EQ(actual, expected) << "round " << round << " text " << text;
  }
}

}  // namespace
}  // namespace windlass::text
