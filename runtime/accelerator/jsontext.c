/* Twins of jsontext.py: JSON text written without blanks, and the numbers of one that is read. */

#include "twins.h"

#include <stdio.h>
#include <string.h>

/* -- Writing --------------------------------------------------------------------------------- */

/* UTF-8 that grows. */
typedef struct {
    char *octets;
    size_t size, room;
} Buffer;

static int
append(Buffer *out, const char *octets, size_t size)
{
    if (out->room - out->size < size) {
        size_t room = (out->size + size) * 2;
        char *moved = PyMem_Realloc(out->octets, room);
        if (moved == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        out->octets = moved;
        out->room = room;
    }
    memcpy(out->octets + out->size, octets, size);
    out->size += size;
    return 0;
}

/* A Python text as it is; half a surrogate pair stays one. */
static int
append_text(Buffer *out, PyObject *text)
{
    char *octets;
    Py_ssize_t size;
    PyObject *encoded = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass");
    int status = -1;
    if (encoded != NULL && PyBytes_AsStringAndSize(encoded, &octets, &size) == 0) {
        status = append(out, octets, (size_t)size);
    }
    Py_XDECREF(encoded);
    return status;
}

/* What the reference writes for a value. */
static int
append_referred(Buffer *out, PyObject *reference, PyObject *value, int depth)
{
    PyObject *text = PyObject_CallFunction(reference, "Oi", value, depth);
    int status = text == NULL ? -1 : append_text(out, text);
    Py_XDECREF(text);
    return status;
}

/* How a character of UTF-8 is escaped in JSON; NULL where it stands for itself. */
static const char *
escaped(unsigned char octet, char *room)
{
    switch (octet) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    default:
        if (octet >= 0x20) {
            return NULL;
        }
        snprintf(room, 7, "\\u%04x", (unsigned int)octet);
        return room;
    }
}

/* A text in quotes; returns 1 for one that has no UTF-8. */
static int
append_quoted(Buffer *out, PyObject *text)
{
    Py_ssize_t size;
    char room[8];
    const char *octets = PyUnicode_AsUTF8AndSize(text, &size);
    if (octets == NULL) {
        PyErr_Clear();
        return 1;
    }
    const char *begin = octets, *end = octets + size;
    if (append(out, "\"", 1) < 0) {
        return -1;
    }
    for (const char *at = octets; at < end; at++) {
        const char *escape = escaped((unsigned char)*at, room);
        if (escape != NULL) {
            if (append(out, begin, (size_t)(at - begin)) < 0
                || append(out, escape, strlen(escape)) < 0) {
                return -1;
            }
            begin = at + 1;
        }
    }
    return append(out, begin, (size_t)(end - begin)) < 0 ? -1 : append(out, "\"", 1);
}

static int append_value(Buffer *out, PyObject *reference, PyObject *value, int depth);

static int
append_list(Buffer *out, PyObject *reference, PyObject *list, int depth)
{
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        PyObject *value = Py_NewRef(PyList_GetItem(list, i));
        int status = append(out, i ? "," : "[", 1);
        if (status == 0) {
            status = append_value(out, reference, value, depth + 1);
        }
        Py_DECREF(value);
        if (status < 0) {
            return -1;
        }
    }
    return PyList_Size(list) ? append(out, "]", 1) : append(out, "[]", 2);
}

/* The keys in order where all are texts with UTF-8; NULL without an error else. */
static PyObject *
sorted_keys(PyObject *map)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(map, &position, &key, &value)) {
        if (!is_text(key)) {
            return NULL;
        }
        if (PyUnicode_AsUTF8AndSize(key, NULL) == NULL) {
            PyErr_Clear();
            return NULL;
        }
    }
    PyObject *keys = PyDict_Keys(map);
    if (keys != NULL && PyList_Sort(keys) < 0) {
        Py_CLEAR(keys);
    }
    return keys;
}

static int
append_map(Buffer *out, PyObject *reference, PyObject *map, int depth)
{
    PyObject *keys = sorted_keys(map);
    if (keys == NULL) {
        return PyErr_Occurred() ? -1 : append_referred(out, reference, map, depth);
    }
    int status = append(out, "{", 1);
    for (Py_ssize_t i = 0; status == 0 && i < PyList_Size(keys); i++) {
        PyObject *key = PyList_GetItem(keys, i);
        PyObject *value = PyObject_GetItem(map, key);
        if (value == NULL || (i && append(out, ",", 1) < 0) || append_quoted(out, key) != 0
            || append(out, ":", 1) < 0) {
            status = -1;
        }
        else {
            status = append_value(out, reference, value, depth + 1);
        }
        Py_XDECREF(value);
    }
    Py_DECREF(keys);
    return status < 0 ? -1 : append(out, "}", 1);
}

static int
append_value(Buffer *out, PyObject *reference, PyObject *value, int depth)
{
    long long whole;
    char digits[24];
    int status = 1;
    if (is_text(value)) {
        status = append_quoted(out, value);
    }
    else if (value == Py_None) {
        status = append(out, "null", 4);
    }
    else if (PyBool_Check(value)) {
        status = value == Py_True ? append(out, "true", 4) : append(out, "false", 5);
    }
    else if (is_integer(value, &whole)) {
        status = append(out, digits, (size_t)snprintf(digits, sizeof digits, "%lld", whole));
    }
    else if (is_double(value)) {
        PyObject *text = text_of_double(value);
        if (text != NULL) {
            status = append_text(out, text);
            Py_DECREF(text);
        }
        else if (PyErr_Occurred()) {
            return -1;
        }
    }
    else if (is_list(value) && depth < DEEPEST) {
        status = append_list(out, reference, value, depth);
    }
    else if (is_map(value) && depth < DEEPEST) {
        status = append_map(out, reference, value, depth);
    }
    return status == 1 ? append_referred(out, reference, value, depth) : status;
}

TWIN(compact)
{
    long long depth;
    if (!GOT(2) || !is_integer(args[1], &depth) || depth < 0 || depth > DEEPEST) {
        return REFER();
    }
    Buffer out = {NULL, 0, 0};
    PyObject *result = NULL;
    if (append_value(&out, reference, args[0], (int)depth) == 0) {
        result = PyUnicode_DecodeUTF8(out.octets, (Py_ssize_t)out.size, "surrogatepass");
    }
    PyMem_Free(out.octets);
    return result;
}

/* -- Checking -------------------------------------------------------------------------------- */

/* Whether a value surely has a form in JSON. */
static int
has_form(PyObject *value, int depth)
{
    long long whole;
    PyObject *key, *map = value;
    Py_ssize_t position = 0;
    if (is_text(value) || value == Py_None || PyBool_Check(value) || is_integer(value, &whole)) {
        return 1;
    }
    if (is_double(value)) {
        double number = PyFloat_AsDouble(value);
        return number - number == 0.0; /* finite */
    }
    if (depth == DEEPEST) {
        return 0;
    }
    if (is_list(value)) {
        while (position < PyList_Size(value)) {
            if (!has_form(PyList_GetItem(value, position++), depth + 1)) {
                return 0;
            }
        }
        return 1;
    }
    if (is_map(value)) {
        while (PyDict_Next(map, &position, &key, &value)) {
            if (!is_key(key) || !has_form(value, depth + 1)) {
                return 0;
            }
        }
        return 1;
    }
    return 0;
}

TWIN(check)
{
    if (GOT(1) && has_form(args[0], 0)) {
        Py_RETURN_NONE;
    }
    return REFER();
}

/* -- Reading --------------------------------------------------------------------------------- */

TWIN(read_integer)
{
    Py_ssize_t size;
    const char *digits = GOT(1) && is_text(args[0]) ? PyUnicode_AsUTF8AndSize(args[0], &size) : NULL;
    if (digits != NULL && size < 19) { /* these fit into 64 bits */
        char *end;
        PyObject *number = PyLong_FromString(digits, &end, 10);
        if (number != NULL && end == digits + size) {
            return number;
        }
        Py_XDECREF(number);
    }
    PyErr_Clear();
    return REFER();
}

TWIN(read_double)
{
    PyObject *number = GOT(1) && is_text(args[0]) ? PyFloat_FromString(args[0]) : NULL;
    if (number != NULL) {
        double value = PyFloat_AsDouble(number);
        if (value - value == 0.0) {
            return number;
        }
        Py_DECREF(number);
    }
    PyErr_Clear();
    return REFER();
}
