#include "engine/tee_files.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "journal/state_folder.h"

namespace windlass::engine {
namespace {

class Tee : public ::testing::Test {
 protected:
  Tee() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/windlass-tee-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder + "/copy.log";
    std::ofstream(path) << "before\n";
  }
  ~Tee() override { std::filesystem::remove_all(folder); }
  [[nodiscard]] std::string content() const {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string folder, path;
};

TEST_F(Tee, CopiesWhatTheBlockPrints) {
  TeeFiles tees;
  tees.open(1, "a", path, 7, 0);
  tees.write("a", "one\n");
  tees.write("a", "[Pipeline] sh\n");
  tees.write("a/x", "inner\n");
  tees.write("ab", "other branch\n");
  tees.write("", "outside\n");
  EXPECT_TRUE(tees.close(1));
  tees.write("a", "late\n");
  EXPECT_EQ(content(), "before\none\ninner\n");
}

TEST_F(Tee, SaysWhatCouldNotBeWritten) {
  TeeFiles tees;
  tees.open(1, "", folder, 0, 0);
  tees.write("", "one\n");
  auto closed = tees.close(1);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().message.find(folder), std::string::npos);
  EXPECT_TRUE(tees.close(1));
}

TEST_F(Tee, IsMadeWholeFromTheLogAfterARestart) {
  auto state = journal::StateFolder::open(folder + "/state");
  ASSERT_TRUE(state) << state.error().text();
  auto run = (*state)->create_run({.job = "j"});
  ASSERT_TRUE(run) << run.error().text();
  auto line = [&, ordinal = 0](std::string_view text) mutable {
    ASSERT_TRUE((*run)->append_line("", ++ordinal, text));
  };
  auto entry = [&](std::string_view step, std::uint64_t ordinal) {
    journal::NewEntry intent;
    intent.type = journal::EntryType::intent;
    intent.ordinal = ordinal;
    intent.step = step;
    return *(*run)->append(intent);
  };
  line("too early\n");
  const auto after = entry("tee.start", 1);
  entry("sh", 2);
  line("[Pipeline] sh\n");
  line("first\n");
  line("second\n");
  ASSERT_TRUE((*run)->commit());
  TeeFiles tees;
  tees.open(1, "", path, 7, after);
  tees.write("", "fir");  // what the dead process had written
  ASSERT_TRUE(tees.rebuild(**run));
  EXPECT_EQ(content(), "before\nfirst\nsecond\n");
  tees.write("", "third\n");
  EXPECT_EQ(content(), "before\nfirst\nsecond\nthird\n");
}

}  // namespace
}  // namespace windlass::engine
