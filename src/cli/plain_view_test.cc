#include "cli/plain_view.h"

#include <gtest/gtest.h>

#include "cli/tree_testing.h"

namespace windlass::cli {
namespace {

template <typename View>
std::string shown() {
  std::string out;
  View view([&](std::string_view text) {
    out += text;
    return true;
  });
  PlayedRun run(view);
  auto stage = run.start(0, "stage", "Test");
  auto step = run.start(stage, "sh", "", "", 4);
  run.log(step, "+ make \"test\"\n");
  view.on_waiting({{"", "shell", ""}});
  run.now += 5;
  run.end(step, "FAILURE", "script returned exit code 2");
  view.on_aborting();
  view.on_finished("FAILURE");
  return out;
}

TEST(PlainView, PrintsTheLogAndNothingElse) { EXPECT_EQ(shown<PlainView>(), "+ make \"test\"\n"); }

TEST(JsonView, PrintsTheEventsOfItsPage) {
  EXPECT_EQ(
      shown<JsonView>(),
      "{\"event\":\"run\",\"id\":\"app#7\",\"job\":\"app\",\"number\":7}\n"
      "{\"event\":\"start\",\"id\":1,\"parent\":0,\"step\":\"stage\",\"label\":\"Test\",\"branch\":\"\",\"started\":"
      "1000000}\n"
      "{\"event\":\"start\",\"id\":2,\"parent\":1,\"step\":\"sh\",\"line\":4,\"branch\":\"\",\"started\":1000000}\n"
      "{\"event\":\"log\",\"branch\":\"\",\"node\":2,\"text\":\"+ make \\\"test\\\"\\n\"}\n"
      "{\"event\":\"waiting\",\"waiting\":[{\"branch\":\"\",\"code\":\"shell\",\"detail\":\"\"}]}\n"
      "{\"event\":\"end\",\"id\":2,\"parent\":1,\"step\":\"sh\",\"line\":4,\"branch\":\"\",\"started\":1000000,"
      "\"ended\":1000005,"
      "\"result\":\"FAILURE\",\"cause\":\"script returned exit code 2\"}\n"
      "{\"event\":\"aborting\"}\n"
      "{\"event\":\"finished\",\"result\":\"FAILURE\"}\n");
}

}  // namespace
}  // namespace windlass::cli
