#include "net/websocket_accept.h"

#include <gtest/gtest.h>

namespace windlass::net {
namespace {

TEST(WebSocketAccept, IsTheExampleOfTheRfc) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace windlass::net
