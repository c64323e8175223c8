#include "data/yaml_words.h"

#include <string>

namespace windlass::data {
namespace {

constexpr Sentence kWords[] = {
    {"the text cannot be read", "无法读取文本"},
    {"did not find expected <document start>", "应为文档的开始"},
    {"did not find expected node content", "应为节点的内容"},
    {"did not find expected '-' indicator", "应为 “-”"},
    {"did not find expected key", "应为键"},
    {"did not find expected ',' or ']'", "应为 “,” 或 “]”"},
    {"did not find expected ',' or '}'", "应为 “,” 或 “}”"},
    {"did not find expected <stream-start>", "应为流的开始"},
    {"found duplicate %YAML directive", "%YAML 指令重复"},
    {"found incompatible YAML document", "YAML 文档的版本不兼容"},
    {"found duplicate %TAG directive", "%TAG 指令重复"},
    {"found undefined tag handle", "标签前缀未定义"},
    {"found character that cannot start any token", "此字符不能作为开头"},
    {"could not find expected ':'", "缺少 “:”"},
    {"block sequence entries are not allowed in this context", "此处不能有列表项"},
    {"mapping keys are not allowed in this context", "此处不能有映射的键"},
    {"mapping values are not allowed in this context", "此处不能有映射的值"},
    {"found unknown directive name", "未知的指令"},
    {"could not find expected directive name", "缺少指令的名称"},
    {"found unexpected non-alphabetical character", "意外的非字母字符"},
    {"did not find expected digit or '.' character", "应为数字或 “.”"},
    {"found extremely long version number", "版本号过长"},
    {"did not find expected version number", "应为版本号"},
    {"did not find expected whitespace", "应为空白"},
    {"did not find expected whitespace or line break", "应为空白或换行"},
    {"did not find expected alphabetic or numeric character", "应为字母或数字"},
    {"did not find the expected '>'", "缺少 “>”"},
    {"did not find expected '!'", "应为 “!”"},
    {"did not find expected tag URI", "应为标签的 URI"},
    {"did not find URI escaped octet", "应为 URI 转义"},
    {"found an incorrect leading UTF-8 octet", "UTF-8 首字节有误"},
    {"found an incorrect trailing UTF-8 octet", "UTF-8 后续字节有误"},
    {"found an indentation indicator equal to 0", "缩进指示不能为 0"},
    {"did not find expected comment or line break", "应为注释或换行"},
    {"found a tab character where an indentation space is expected", "应以空格缩进，而不是制表符"},
    {"found a tab character that violates indentation", "制表符破坏了缩进"},
    {"found unexpected document indicator", "意外的文档标记"},
    {"found unexpected end of stream", "文本意外结束"},
    {"found unknown escape character", "未知的转义字符"},
    {"did not find expected hexdecimal number", "应为十六进制数字"},
    {"found invalid Unicode character escape code", "无效的 Unicode 转义"},
    {"found unexpected ':'", "意外的 “:”"},
    {"invalid leading UTF-8 octet", "UTF-8 首字节无效"},
    {"invalid trailing UTF-8 octet", "UTF-8 后续字节无效"},
    {"incomplete UTF-8 octet sequence", "UTF-8 序列不完整"},
    {"invalid length of a UTF-8 sequence", "UTF-8 序列长度无效"},
    {"invalid Unicode character", "无效的 Unicode 字符"},
    {"control characters are not allowed", "不允许控制字符"},
    {"while parsing a block node", "解析块节点时"},
    {"while parsing a flow node", "解析流节点时"},
    {"while parsing a node", "解析节点时"},
    {"while parsing a block collection", "解析块列表时"},
    {"while parsing a block mapping", "解析块映射时"},
    {"while parsing a flow sequence", "解析流列表时"},
    {"while parsing a flow mapping", "解析流映射时"},
    {"while scanning for the next token", "扫描下一个标记时"},
    {"while scanning a simple key", "扫描简单键时"},
    {"while scanning a directive", "扫描指令时"},
    {"while scanning a %YAML directive", "扫描 %YAML 指令时"},
    {"while scanning a %TAG directive", "扫描 %TAG 指令时"},
    {"while scanning an anchor", "扫描锚点时"},
    {"while scanning an alias", "扫描别名时"},
    {"while scanning a tag", "扫描标签时"},
    {"while parsing a tag", "解析标签时"},
    {"while scanning a block scalar", "扫描块文本时"},
    {"while scanning a quoted scalar", "扫描引号文本时"},
    {"while parsing a quoted scalar", "解析引号文本时"},
    {"while scanning a plain scalar", "扫描普通文本时"},
};

}  // namespace

SentencePart yaml_words(std::string_view english) {
  for (const auto& words : kWords) {
    if (words.en == english) return words;
  }
  return english;
}

}  // namespace windlass::data
