#include "controllers/template_match.h"

#include <gtest/gtest.h>
#include <string>

namespace windlass::controllers {
namespace {

constexpr std::string_view kTemplate =
    "pipeline {\n  agent { node { label '$(.params.Agent)' } }\n  stages {\n    stage('Build') {\n"
    "      steps { sh '$(.params.Command)' }\n    }\n  }\n}\n";

std::string filled(const std::string& agent, const std::string& command, const std::string& end = "}\n") {
  return "pipeline {\n  agent { node { label '" + agent +
         "' } }\n  stages {\n    stage('Build') {\n      steps { sh '" + command + "' }\n    }\n  }\n" + end;
}

TEST(TemplateMatch, AnythingMayStandInTheHoles) {
  EXPECT_TRUE(is_made_from(kTemplate, filled("maven", "mvn -B package")));
  EXPECT_TRUE(is_made_from(kTemplate, filled("", "")));
  EXPECT_TRUE(is_made_from(kTemplate, filled("a", "b", "}")));
}

TEST(TemplateMatch, WhatWasChangedIsNot) {
  EXPECT_FALSE(is_made_from(kTemplate, filled("maven", "make", "}\n// and more\n")));
  EXPECT_FALSE(is_made_from(kTemplate, "// mine\n" + filled("maven", "make")));
  EXPECT_FALSE(is_made_from(kTemplate, "pipeline { agent any }"));
  EXPECT_FALSE(is_made_from(kTemplate, ""));
}

TEST(TemplateMatch, TooLittleTellsNothing) {
  EXPECT_FALSE(is_made_from("$(.params.Script)", "node { sh 'make' }"));
  EXPECT_FALSE(is_made_from("node { $(.params.Script) }", "node { sh 'make' }"));
  const std::string plain = "node { sh 'this is one text without any hole in it' }";
  EXPECT_TRUE(is_made_from(plain, plain));
  EXPECT_FALSE(is_made_from(plain, plain + "."));
}

}  // namespace
}  // namespace windlass::controllers
