#include "net/multipart.h"

#include <gtest/gtest.h>

namespace windlass::net {
namespace {

/// "NAME(FILE)=BODY|…", with "END" once the form is over, or "! what is wrong", fed in pieces of `size`.
std::string read(std::string_view form, std::size_t size, std::string_view type = "multipart/form-data; boundary=B") {
  auto reader = MultipartReader::make(type);
  if (!reader) return "! " + reader.error().message;
  std::string out;
  for (std::size_t at = 0; at < form.size(); at += size) {
    if (auto fed = reader->feed(form.substr(at, size)); !fed) return out + "! " + fed.error().message;
    for (;;) {
      auto event = reader->next();
      if (!event) return out + "! " + event.error().message;
      if (!*event) break;
      using Kind = MultipartReader::Event::Kind;
      if ((*event)->kind == Kind::part) {
        const auto& part = *(*event)->part;
        out += part.name + (part.file_name ? "(" + *part.file_name + ")" : "") + "=";
      } else if ((*event)->kind == Kind::bytes) {
        EXPECT_FALSE((*event)->bytes.empty());
        out += (*event)->bytes;
      } else {
        out += "|";
      }
    }
  }
  return out + (reader->is_over() ? "END" : "");
}

TEST(MultipartReader, PartsInPiecesOfEverySize) {
  const std::string form =
      "what comes first is nothing\r\n--B  \r\nContent-Disposition: form-data; name=\"md5\"\r\n\r\nabc\r\n"
      "--B\r\ncontent-disposition:form-data; filename=\"a \\\"b\\\" c:\\d.jar\"; name=file\r\n"
      "Content-Type: application/java-archive\r\n\r\nP\r\n--\r\n--b\r\n\r\n-\r\n"
      "--B\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--B--\r\nnor is what comes last\r\n--B\r\n";
  for (std::size_t size = 1; size <= form.size(); ++size) {
    EXPECT_EQ(read(form, size), "md5=abc|file(a \"b\" c:\\d.jar)=P\r\n--\r\n--b\r\n\r\n-|empty=|END") << size;
  }
}

TEST(MultipartReader, WhatIsNoFormSaysWhy) {
  const std::string one = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx";
  const auto message = [&](std::string_view form, std::string_view type = "multipart/form-data; boundary=B") {
    const auto all = read(form, 7, type);
    const auto at = all.find("! ");
    return at == std::string::npos ? all : all.substr(at);
  };
  EXPECT_EQ(message(one, "application/json"), "! the body must be a form with a file in it (multipart/form-data)");
  EXPECT_EQ(message(one, "multipart/form-data"), "! the form's Content-Type names no boundary of 1 to 70 characters");
  EXPECT_EQ(message(one, "multipart/form-data; boundary=" + std::string(71, 'x')),
            "! the form's Content-Type names no boundary of 1 to 70 characters");
  EXPECT_EQ(message(one, "multipart/form-data; boundary=\"x"), "! a quoted value has no end");
  EXPECT_EQ(message(std::string(20'000, 'x')), "! the form does not begin with its boundary");
  EXPECT_EQ(message("--Bx\r\n"), "! something stands behind a boundary");
  EXPECT_EQ(message("--B" + std::string(2000, ' ')), "! a boundary has no end");
  EXPECT_EQ(message("--B\r\nX: " + std::string(20'000, 'y')), "! the head of a part is too long");
  EXPECT_EQ(message("--B\r\nContent-Type: text/plain\r\n\r\nx"), "! a part of the form has no name");
  EXPECT_EQ(message("--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx"), "! a part of the form is no form-data");
  std::string many;
  for (int i = 0; i < 101; ++i) many += one + "\r\n";
  EXPECT_EQ(message(many), "! the form has more than 100 parts");
  EXPECT_EQ(message(one), "a=") << "what is cut off is not over, and its last bytes may be a boundary's";
}

}  // namespace
}  // namespace windlass::net
