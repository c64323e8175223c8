#include "jenkinsfile/source_ranges.h"

#include <gtest/gtest.h>

namespace windlass::jenkinsfile {
namespace {

std::string text(const SourceRange* range) {
  if (range == nullptr) return "none";
  const auto place = [](const groovy::Position& at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  return place(range->begin) + "-" + place(range->end);
}

TEST(SourceRanges, StagesByPathAndStepsByLine) {
  const auto ranges = SourceRanges::of(
      "pipeline {\n"
      "  agent any\n"
      "  stages {\n"
      "    stage('Build') {\n"
      "      steps {\n"
      "        sh(script: 'make',\n"
      "           label: 'all')\n"
      "        echo 'ü'; echo 'b'\n"
      "      }\n"
      "    }\n"
      "    stage('Test') { parallel { stage('Linux') { steps { sh 'a' } } } }\n"
      "  }\n"
      "}\n");
  EXPECT_EQ(text(ranges.stage("Build")), "4:5-10:6");
  EXPECT_EQ(text(ranges.stage("Test")), "11:5-11:71");
  EXPECT_EQ(text(ranges.stage("Test / Linux")), "11:32-11:67");
  EXPECT_EQ(text(ranges.stage("Deploy")), "none");
  EXPECT_EQ(text(ranges.call(6, "sh")), "6:9-7:25");
  EXPECT_EQ(text(ranges.call(8, "echo")), "8:9-8:27") << "both: which of them ran is not known";
  EXPECT_EQ(text(ranges.call(11, "sh")), "11:57-11:63");
  EXPECT_EQ(text(ranges.call(9, "sh")), "none");
}

TEST(SourceRanges, AStepOfALibraryIsWhereTheLibraryIsCalled) {
  const auto ranges = SourceRanges::of("node {\n  buildAll 'x'\n  lib.\n    deploy(1)\n}\n");
  EXPECT_EQ(text(ranges.call(2, "sh")), "2:3-2:15");
  EXPECT_EQ(text(ranges.call(3, "sh")), "3:3-4:14");
  EXPECT_EQ(text(ranges.call(4, "sh")), "3:3-4:14");
}

TEST(SourceRanges, WhatIsNoGroovyHasNone) {
  EXPECT_TRUE(SourceRanges::of("node {").empty());
  EXPECT_TRUE(SourceRanges::of("echo 1", 3).empty());
}

}  // namespace
}  // namespace windlass::jenkinsfile
