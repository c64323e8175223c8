// Pins the checksums of format version 1 to the values of docs/formats/journal.md, which another implementation
// computed.
#include "journal/schema.h"

#include <gtest/gtest.h>

#include "journal/seal.h"

namespace windlass::journal {
namespace {

TEST(Schema, ChecksumsAreThoseOfTheFormatPage) {
  const RunHeader header{.uid = "000102030405060708090a0b0c0d0e0f",
                         .job = "demo",
                         .number = 1,
                         .created_ms = 1'700'000'000'000,
                         .semantics = 1};
  const auto head = header_digest(header, "", "");
  EXPECT_EQ(format_hex(view(head)), "afb5f4f04ae7c5bf0efca97f5539f65c");
  const StoredEntry entry{.sequence = 1,
                          .type = EntryType::intent,
                          .effect = EffectKind::task,
                          .ordinal = 1,
                          .step = "sh",
                          .line = 3,
                          .column = 5,
                          .time_ms = 1'700'000'000'123};
  EXPECT_EQ(format_hex(view(next_link(head, entry))), "d3b84acfce877b269e81074b296a2360");
  const StoredLog log{.row = 1, .position = 1, .after_entry = 1, .bytes = "[Pipeline] sh\n"};
  EXPECT_EQ(format_hex(view(next_link(head, log))), "671f2034176369348cd8ea58527e777f");
  auto third = log;
  third.addressed = true;
  third.node = 2;
  third.time_ms = 1'700'000'000'123;
  EXPECT_EQ(format_hex(view(next_link(head, third))), "b1671330948fd5705352763e60342ea7");
  EXPECT_EQ(format_hex(view(next_link(head, third, "frame"))), "32f484cd20cbcf4597c2e6c3ee56ee60");
}

}  // namespace
}  // namespace windlass::journal
