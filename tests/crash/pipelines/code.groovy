@Library('tools') _
import org.example.Counter
def counter = new Counter()
node {
    counter.add(sh(script: 'echo first >> "$EFFECTS"; echo 4', returnStdout: true).trim() as int)
    writeFile file: 'part.groovy', text: 'def twice(n) { sh "echo twice-$n >> \\"\\$EFFECTS\\""; n * 2 }\nreturn this'
    def part = load 'part.groovy'
    counter.add(part.twice(3))
    greet 'ann'
    echo "total ${counter.total} ${evaluate('1 + 2')}"
}
