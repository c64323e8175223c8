import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
def mac = Mac.getInstance('HmacSHA256')
mac.init(new SecretKeySpec('key'.bytes, 'HmacSHA256'))
println mac.doFinal('message'.bytes).encodeHex()
