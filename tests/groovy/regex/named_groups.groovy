def m = 'v10.2' =~ /v(?<major>\d+)\.(?<minor>\d+)/
if (m.matches()) { println m.group('major'); println m.group('minor') }
println 'a-b'.replaceAll(/(?<l>\w)-(?<r>\w)/, '${r}-${l}')
