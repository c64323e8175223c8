import java.security.MessageDigest
def hex = { byte[] b -> b.encodeHex().toString() }
println hex(MessageDigest.getInstance('MD5').digest('hello'.bytes))
println hex(MessageDigest.getInstance('SHA-1').digest('hello'.bytes))
println hex(MessageDigest.getInstance('SHA-256').digest('hello'.bytes))
println hex(MessageDigest.getInstance('SHA-512').digest(''.bytes))
def md = MessageDigest.getInstance('SHA-256')
md.update('hel'.bytes)
md.update('lo'.bytes)
println hex(md.digest())
println new BigInteger(1, MessageDigest.getInstance('MD5').digest('x'.bytes)).toString(16).padLeft(32, '0')
try { MessageDigest.getInstance('NOPE') } catch (e) { println e.class.name + ': ' + e.message }
println MessageDigest.getInstance('MD5').algorithm
