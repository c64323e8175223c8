// The folders of tests/casc: the files of each, and what is read from them. WL_ACCEPT=1 writes the outcomes anew.
#include "casc/casc.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "casc/jenkins_xml.h"
#include "casc/sections.h"
#include "data/yaml.h"

namespace windlass::casc {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Sources sources() {
  return {.variable = [](std::string_view name) -> std::optional<std::string> {
            if (name == "ADMIN_PASSWORD") return "hunter2";
            if (name == "WHO") return "world";
            if (name == "CLOUD") return "kubernetes";
            if (name == "CAP") return "7";
            return std::nullopt;
          },
          .file = [](std::string_view path) -> Result<std::string> {
            if (path == "/etc/motd") return "of the day";
            return fail(ErrorKind::not_found, "there is no file " + std::string(path));
          }};
}

std::string outcome(const std::vector<File>& files) {
  const auto read_in = files[0].name.ends_with(".xml") ? read_config_xml(files[0]) : read(files, sources());
  if (!read_in) return std::string(to_string(read_in.error().kind)) + ": " + read_in.error().text() + "\n";
  std::string out;
  for (const auto& one : read_in->taken) out += "taken " + one + "\n";
  for (const auto& one : read_in->findings) {
    out += one.file + ":" + std::to_string(one.line) + ": " + std::string(to_string(one.kind)) + " " + one.path + ": " +
           one.sentence + "\n";
  }
  const auto text = data::format_yaml(write(read_in->configuration));
  // What is written reads back as the same, and says nothing that does nothing.
  const auto again = read({{"again", text}}, sources());
  EXPECT_TRUE(again) << again.error().text();
  if (again) EXPECT_EQ(data::format_yaml(write(again->configuration)), text);
  return out + "---\n" + text;
}

TEST(Casc, EachFolderGivesWhatIsWritten) {
  std::vector<std::filesystem::path> folders;
  for (const auto& one : std::filesystem::directory_iterator("tests/casc")) {
    if (one.is_directory()) folders.push_back(one.path());
  }
  std::ranges::sort(folders);
  EXPECT_GE(folders.size(), 19U);
  for (const auto& folder : folders) {
    std::vector<File> files;
    for (const auto& one : std::filesystem::directory_iterator(folder)) {
      if (one.path().extension() == ".yaml" || one.path().extension() == ".xml")
        files.push_back({one.path().filename().string(), read_file(one.path())});
    }
    std::ranges::sort(files, {}, &File::name);
    const auto came = outcome(files);
    if (std::getenv("WL_ACCEPT") != nullptr) {
      std::ofstream(folder / "expected.txt", std::ios::binary) << came;
    } else {
      EXPECT_EQ(read_file(folder / "expected.txt"), came)
          << folder << ": WL_ACCEPT=1 takes what came as what is expected";
    }
  }
}

TEST(Casc, TheConfigurationsOfAConfigMap) {
  const auto files = files_of(
      {"cm", "kind: ConfigMap\ndata:\n  z.yaml: |\n    jenkins: {mode: NORMAL}\n  a.yml: 'x: y'\n  note: n\n"});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "cm#a.yml");
  EXPECT_EQ(files[1].text, "jenkins: {mode: NORMAL}\n");
  for (const char* text : {"jenkins: {}", "kind: ConfigMap\ndata: {a: b}\n", "[", ""}) {
    EXPECT_EQ(files_of({"f", text}).at(0).text, text);
  }
}

TEST(Casc, WhatWouldChange) {
  auto of = [](const std::string& text) { return read({{"f", text}}, sources()).value().configuration; };
  const auto before =
      of("jenkins: {numExecutors: 1, clouds: [{kubernetes: {name: k, templates: [{name: a, label: x}, {name: b}]}}]}\n"
         "unclassified: {mailer: {smtpHost: m, authentication: {username: u, password: one}}}");
  const auto after =
      of("jenkins: {clouds: [{kubernetes: {name: k, templates: [{name: b}, {name: a, label: y}, {name: c}]}}]}\n"
         "unclassified: {mailer: {smtpHost: m, authentication: {username: u, password: two}}}");
  std::string all;
  for (const auto& one : compare(before, after)) all += one.path + ": " + one.before + " -> " + one.after + "\n";
  EXPECT_EQ(all,
            "jenkins.numExecutors: 1 -> \n"
            "jenkins.clouds[k].kubernetes.templates[a].label: x -> y\n"
            "jenkins.clouds[k].kubernetes.templates[c]:  -> {\"name\":\"c\",\"nodeUsageMode\":\"EXCLUSIVE\"}\n"
            "unclassified.mailer.authentication.password: ******** -> changed\n");
  EXPECT_TRUE(compare(before, before).empty());
}

TEST(Casc, SectionsAreFoundByTheLongestPath) {
  EXPECT_EQ(find_section("jenkins.clouds[0].kubernetes.x")->path, "jenkins.clouds");
  EXPECT_EQ(find_section("jenkins.cloudsx"), nullptr);
  EXPECT_EQ(find_section("credentials.users")->use, Use::none);
}

TEST(Casc, Variables) {
  const std::pair<const char*, const char*> rows[] = {
      {"plain $WHO {WHO}", "plain $WHO {WHO}"},
      {"${WHO}", "world"},
      {"a${WHO}b${WHO}", "aworldbworld"},
      {"${X:-else}", "else"},
      {"${X:-}", ""},
      {"${WHO:-${X}}", "world"},
      {"${X:-${Y:-${WHO}!}}", "world!"},
      {"^${WHO}", "${WHO}"},
      {"^^${WHO}", "^${WHO}"},
      {"^${a ${WHO}} ${WHO}", "${a ${WHO}} world"},
      {"${base64:hi}", "aGk="},
      {"${decodeBase64:aGk=}", "hi"},
      {"${trim: x }", "x"},
      {"${file:/etc/motd}", "of the day"},
      {"${fileBase64:/etc/motd}", "b2YgdGhlIGRheQ=="},
      {"${base64:${WHO}}", "d29ybGQ="},
      {"}${WHO}}", "}world}"},
  };
  for (const auto& [text, expected] : rows) {
    std::vector<std::string> unknown;
    EXPECT_EQ(expand(text, sources(), unknown).value(), expected) << text;
    EXPECT_TRUE(unknown.empty()) << text;
  }
  for (const char* text : {"${a}", "^${a}", "x ${a ${b}} ${", "$ { ^", "^^${a}^${b}", "${a"}) {
    std::vector<std::string> none;
    EXPECT_EQ(expand(escape(text), sources(), none).value(), text);
  }
  std::vector<std::string> unknown;
  EXPECT_EQ(expand("${NO}", sources(), unknown).value(), "");
  EXPECT_EQ(unknown, std::vector<std::string>{"NO"});
  EXPECT_FALSE(expand("${", sources(), unknown));
  EXPECT_FALSE(expand("${decodeBase64:!}", sources(), unknown));
}

}  // namespace
}  // namespace windlass::casc
