/* Twins of the arithmetic of operators.py, and of `string()`. */

#include "twins.h"

/* Products of numbers below this fit into 64 bits. */
#define HALF (1LL << 31)

/* Integers up to here are exact as doubles. */
#define EXACT (1LL << 53)

/* Whether `value` is a number, as a double; integers become one as Python makes them. */
static inline int
is_number(PyObject *value, double *number)
{
    long long whole;
    if (is_double(value)) {
        *number = PyFloat_AsDouble(value);
        return 1;
    }
    if (is_integer(value, &whole)) {
        *number = (double)whole;
        return 1;
    }
    return 0;
}

PyObject *
text_of_double(PyObject *value)
{
    PyObject *result = NULL;
    char *digits = PyOS_double_to_string(PyFloat_AsDouble(value), 'r', 0, 0, NULL);
    if (digits == NULL) {
        return NULL;
    }
    const char *end = digits;
    while ((*end >= '0' && *end <= '9') || *end == '.' || *end == '-') {
        end++;
    }
    if (*end == '\0') { /* else it is an exponent, inf or nan */
        result = PyUnicode_FromStringAndSize(digits, end - digits);
    }
    PyMem_Free(digits);
    return result;
}

/* What `string()` gives; NULL without an error for what the reference must see. */
static PyObject *
text_of(PyObject *value)
{
    if (is_text(value)) {
        return Py_NewRef(value);
    }
    if (PyLong_CheckExact(value)) {
        return PyObject_Str(value);
    }
    return is_double(value) ? text_of_double(value) : NULL;
}

TWIN(string)
{
    PyObject *result = GOT(1) ? text_of(args[0]) : NULL;
    return result != NULL || PyErr_Occurred() ? result : REFER();
}

/* The sum, or the texts joined; NULL without an error for what the reference must see. */
static PyObject *
sum(PyObject *left, PyObject *right)
{
    long long a, b;
    double x, y;
    if (is_integer(left, &a) && is_integer(right, &b)) {
        int fits = b >= 0 ? a <= PY_LLONG_MAX - b : a >= PY_LLONG_MIN - b;
        return fits ? PyLong_FromLongLong(a + b) : NULL;
    }
    if (is_text(left) || is_text(right)) {
        PyObject *result = NULL;
        PyObject *begin = text_of(left);
        PyObject *end = begin == NULL ? NULL : text_of(right);
        if (end != NULL) {
            result = PyUnicode_Concat(begin, end);
        }
        Py_XDECREF(begin);
        Py_XDECREF(end);
        return result;
    }
    if (is_number(left, &x) && is_number(right, &y)) {
        return PyFloat_FromDouble(x + y);
    }
    return NULL;
}

/* Text and what follows it, joined in one go instead of copied each time. */
static PyObject *
joined(PyObject *begin, PyObject *const *rest, Py_ssize_t count)
{
    PyObject *result = NULL, *nothing = NULL;
    PyObject *parts = PyList_New(count + 1);
    if (parts == NULL) {
        return NULL;
    }
    PyList_SetItem(parts, 0, Py_NewRef(begin));
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *part = text_of(rest[i]);
        if (part == NULL) {
            goto done;
        }
        PyList_SetItem(parts, i + 1, part);
    }
    nothing = PyUnicode_FromStringAndSize(NULL, 0);
    if (nothing != NULL) {
        result = PyUnicode_Join(nothing, parts);
    }
done:
    Py_XDECREF(nothing);
    Py_DECREF(parts);
    return result;
}

TWIN(add)
{
    if (count < 2 || names != NULL) {
        return REFER();
    }
    PyObject *total = sum(args[0], args[1]);
    for (Py_ssize_t i = 2; total != NULL && i < count; i++) {
        PyObject *before = total;
        int is_last = is_text(before);
        total = is_last ? joined(before, args + i, count - i) : sum(before, args[i]);
        Py_DECREF(before);
        if (is_last) {
            break;
        }
    }
    return total != NULL || PyErr_Occurred() ? total : REFER();
}

TWIN(sub)
{
    long long a, b;
    double x, y;
    if (!GOT(2)) {
        return REFER();
    }
    if (is_integer(args[0], &a) && is_integer(args[1], &b)) {
        int fits = b >= 0 ? a >= PY_LLONG_MIN + b : a <= PY_LLONG_MAX + b;
        return fits ? PyLong_FromLongLong(a - b) : REFER();
    }
    if (is_number(args[0], &x) && is_number(args[1], &y)) {
        return PyFloat_FromDouble(x - y);
    }
    return REFER();
}

TWIN(mul)
{
    long long a, b;
    double x, y;
    if (!GOT(2)) {
        return REFER();
    }
    if (is_integer(args[0], &a) && is_integer(args[1], &b)) {
        if (a > -HALF && a < HALF && b > -HALF && b < HALF) {
            return PyLong_FromLongLong(a * b);
        }
        return REFER();
    }
    if (is_number(args[0], &x) && is_number(args[1], &y)) {
        return PyFloat_FromDouble(x * y);
    }
    return REFER();
}

TWIN(division)
{
    long long a;
    double x, y;
    if (GOT(2) && is_number(args[0], &x) && is_number(args[1], &y) && y != 0.0) {
        /* Python divides larger integers exactly, and rounds once */
        int exact = (!is_integer(args[0], &a) || (a >= -EXACT && a <= EXACT))
                    && (!is_integer(args[1], &a) || (a >= -EXACT && a <= EXACT));
        if (exact) {
            return PyFloat_FromDouble(x / y);
        }
    }
    return REFER();
}

TWIN(floordiv)
{
    long long a, b;
    if (GOT(2) && is_integer(args[0], &a) && is_integer(args[1], &b) && b != 0 && b != -1) {
        long long quotient = a / b;
        return PyLong_FromLongLong(quotient - (a % b != 0 && (a < 0) != (b < 0)));
    }
    return REFER();
}

TWIN(mod)
{
    long long a, b;
    if (GOT(2) && is_integer(args[0], &a) && is_integer(args[1], &b) && b != 0 && b != -1) {
        long long remainder = a % b;
        return PyLong_FromLongLong(remainder != 0 && (a < 0) != (b < 0) ? remainder + b : remainder);
    }
    return REFER();
}

TWIN(neg)
{
    long long a;
    if (GOT(1) && is_integer(args[0], &a) && a != PY_LLONG_MIN) {
        return PyLong_FromLongLong(-a);
    }
    if (GOT(1) && is_double(args[0])) {
        return PyFloat_FromDouble(-PyFloat_AsDouble(args[0]));
    }
    return REFER();
}
