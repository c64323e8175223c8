// net.sf.json's JSONObject and JSONArray: reading members of a type. get… complains of what is missing, opt… has a
// default. JSON's null is null here, so that JSONNull has no instance but that.

private static Object __json_member(Object self, Object key, Object value) {
    if (value == null && !(self instanceof Map && self.containsKey(key))) {
        throw new net.sf.json.JSONException(__json_place(self, key) + ' not found.')
    }
    return value
}

private static String __json_place(Object self, Object key) {
    return self instanceof Map ? 'JSONObject["' + key + '"]' : 'JSONArray[' + key + ']'
}

private static Object __json_is(Object self, Object key, Object value, boolean fits, String what) {
    if (!fits) {
        throw new net.sf.json.JSONException(__json_place(self, key) + ' is not ' + what + '.')
    }
    return value
}

private static Object __json_number(Object self, Object key, Object value) {
    if (value instanceof Number) {
        return value
    }
    try {
        return new BigDecimal(value.toString())
    } catch (NumberFormatException e) {
        throw new net.sf.json.JSONException(__json_place(self, key) + ' is not a number.')
    }
}

private static boolean __json_boolean(Object self, Object key, Object value) {
    String text = "$value".toString().toLowerCase()
    __json_is(self, key, value, text == 'true' || text == 'false', 'a Boolean')
    return text == 'true'
}

private static Object __json_at(List self, int i) { return i >= 0 && i < self.size() ? self[i] : null }

static String getString(net.sf.json.JSONObject self, String key) { return "${__json_member(self, key, self.get(key))}".toString() }
static int getInt(net.sf.json.JSONObject self, String key) { return __json_number(self, key, __json_member(self, key, self.get(key))).intValue() }
static long getLong(net.sf.json.JSONObject self, String key) { return __json_number(self, key, __json_member(self, key, self.get(key))).longValue() }
static double getDouble(net.sf.json.JSONObject self, String key) { return __json_number(self, key, __json_member(self, key, self.get(key))).doubleValue() }
static boolean getBoolean(net.sf.json.JSONObject self, String key) { return __json_boolean(self, key, __json_member(self, key, self.get(key))) }

static Object getJSONObject(net.sf.json.JSONObject self, String key) {
    def value = __json_member(self, key, self.get(key))
    return __json_is(self, key, value, value instanceof Map, 'a JSONObject')
}

static Object getJSONArray(net.sf.json.JSONObject self, String key) {
    def value = __json_member(self, key, self.get(key))
    return __json_is(self, key, value, value instanceof List, 'a JSONArray')
}

static Object opt(net.sf.json.JSONObject self, String key) { return self.get(key) }
static String optString(net.sf.json.JSONObject self, String key) { return optString(self, key, '') }
static String optString(net.sf.json.JSONObject self, String key, String otherwise) { def value = self.get(key); return value == null ? otherwise : value.toString() }
static int optInt(net.sf.json.JSONObject self, String key) { return optInt(self, key, 0) }

static int optInt(net.sf.json.JSONObject self, String key, int otherwise) {
    try {
        return getInt(self, key)
    } catch (net.sf.json.JSONException e) {
        return otherwise
    }
}

static boolean optBoolean(net.sf.json.JSONObject self, String key) { return optBoolean(self, key, false) }

static boolean optBoolean(net.sf.json.JSONObject self, String key, boolean otherwise) {
    try {
        return getBoolean(self, key)
    } catch (net.sf.json.JSONException e) {
        return otherwise
    }
}

static Object optJSONObject(net.sf.json.JSONObject self, String key) { def value = self.get(key); return value instanceof Map ? value : null }
static Object optJSONArray(net.sf.json.JSONObject self, String key) { def value = self.get(key); return value instanceof List ? value : null }
static boolean has(net.sf.json.JSONObject self, String key) { return self.containsKey(key) }
static Iterator keys(net.sf.json.JSONObject self) { return self.keySet().iterator() }
static Object names(net.sf.json.JSONObject self) { return net.sf.json.JSONArray.fromObject(self.keySet().toList()) }
static boolean isNullObject(net.sf.json.JSONObject self) { return false }
static boolean isArray(net.sf.json.JSONObject self) { return false }
static Object discard(net.sf.json.JSONObject self, String key) { self.remove(key); return self }
static Object element(net.sf.json.JSONObject self, String key, Object value) { self.put(key, __json_plain(value)); return self }

static Object accumulate(net.sf.json.JSONObject self, String key, Object value) {
    def before = self.get(key)
    if (!self.containsKey(key)) {
        return element(self, key, value)
    }
    def all = before instanceof net.sf.json.JSONArray ? before : net.sf.json.JSONArray.fromObject([before])
    all.add(__json_plain(value))
    self.put(key, all)
    return self
}

private static Object __json_plain(Object value) {
    return value instanceof Map || value instanceof Collection ? net.sf.json.JSONSerializer.toJSON(value) : value
}

static String getString(net.sf.json.JSONArray self, int i) { return __json_member(self, i, __json_at(self, i)).toString() }
static int getInt(net.sf.json.JSONArray self, int i) { return __json_number(self, i, __json_member(self, i, __json_at(self, i))).intValue() }
static long getLong(net.sf.json.JSONArray self, int i) { return __json_number(self, i, __json_member(self, i, __json_at(self, i))).longValue() }
static boolean getBoolean(net.sf.json.JSONArray self, int i) { return __json_boolean(self, i, __json_member(self, i, __json_at(self, i))) }

static Object getJSONObject(net.sf.json.JSONArray self, int i) {
    def value = __json_member(self, i, __json_at(self, i))
    return __json_is(self, i, value, value instanceof Map, 'a JSONObject')
}

static Object getJSONArray(net.sf.json.JSONArray self, int i) {
    def value = __json_member(self, i, __json_at(self, i))
    return __json_is(self, i, value, value instanceof List, 'a JSONArray')
}

static Object opt(net.sf.json.JSONArray self, int i) { return __json_at(self, i) }
static String optString(net.sf.json.JSONArray self, int i) { def value = __json_at(self, i); return value == null ? '' : value.toString() }
static Object optJSONObject(net.sf.json.JSONArray self, int i) { def value = __json_at(self, i); return value instanceof Map ? value : null }
static Object element(net.sf.json.JSONArray self, Object value) { self.add(__json_plain(value)); return self }
static boolean isArray(net.sf.json.JSONArray self) { return true }
static Object getInstance(Class<net.sf.json.JSONNull> self) { return null }
