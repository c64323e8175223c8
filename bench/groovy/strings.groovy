// Texts: building, splitting, joining, replacing.
def words = []
for (int i = 0; i < 20000; i++) words << "word${i % 977}"
def text = words.join(' ')
def counted = [:]
for (w in text.split(' ')) counted[w] = (counted[w] ?: 0) + 1
def sb = new StringBuilder()
for (w in words) sb.append(w.toUpperCase().replace('WORD', 'w')).append(',')
int vowels = 0
for (int i = 0; i < text.length(); i++) if ('aeiou'.indexOf(text[i]) >= 0) vowels++
println "${counted.size()} ${sb.length()} $vowels ${text.hashCode()}"
