// Where anchors of a region match, and whether what is beyond it is seen.
def all = { m -> def out = []; while (m.find()) { out << "${m.start()}-${m.end()}:${m.group()}".toString() }; out }
def text = 'one two three two one'
for (pattern in ['^two', 'two$', '\\btwo\\b', 'tw(?=o)', 'two(?= t)', '(?<=one )two', 'two(?!.)', '(?<!.)t', '\\w+', '.*', '^', '$', '\\Atwo', 'three\\z', 'o\\Z', '(?m)^t', 'wo t', '(one|two)']) {
    for (anchoring in [true, false]) {
        for (transparent in [true, false]) {
            for (region in [[4, 7], [0, 21], [4, 21], [5, 10], [7, 7], [0, 3]]) {
                def m = text =~ pattern
                m.region(region[0], region[1])
                m.useAnchoringBounds(anchoring).useTransparentBounds(transparent)
                def found = all(m)
                m.region(region[0], region[1])
                println "$pattern $anchoring $transparent $region ${found} ${m.matches()} ${m.lookingAt()}"
            }
        }
    }
}
def m = 'abc' =~ /b/
println "${m.hasAnchoringBounds()} ${m.hasTransparentBounds()}"
m.useTransparentBounds(true).useAnchoringBounds(false)
m.reset()
println "${m.hasAnchoringBounds()} ${m.hasTransparentBounds()}"
def wide = 'x\u4e2d\uD83D\uDE00y' =~ /(?<=\u4e2d)./
wide.region(2, 5).useTransparentBounds(true)
println "${wide.find()} ${wide.start()} ${wide.end()}"
