// Regular expressions: find, groups, replacement with a closure, whole matches.
def lines = (1..6000).collect { "2024-0${it % 9 + 1}-1${it % 9} host${it}.example.org GET /path/$it?id=${it * 7} ${200 + it % 4}".toString() }
def pattern = ~/(\d{4})-(\d\d)-(\d\d) (\S+) (\w+) (\S+) (\d{3})/
int matched = 0
long ids = 0
def codes = [:].withDefault { 0 }
for (line in lines) {
    def m = pattern.matcher(line)
    if (m.matches()) {
        matched++
        codes[m.group(7)]++
        def id = (m.group(6) =~ /id=(\d+)/)
        if (id.find()) ids += id.group(1).toInteger()
    }
}
def text = lines.take(2000).join('\n')
println "$matched $ids $codes ${text.replaceAll(/\d+/) { it.length() as String }.length()} ${text.findAll(/host\d+/).size()}"
