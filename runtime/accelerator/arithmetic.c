/* Twins of the arithmetic of operators.py, and of `string()`. */

#include "twins.h"

/* -- Numbers --------------------------------------------------------------------------------- */

/* Python's own operator for two integers, and for two numbers one of which is a double. */
typedef struct {
    binaryfunc integers, doubles;
} Operator;

static Operator plus, minus, times, over, whole, rest;

static Operator
slots_of(int slot)
{
    return (Operator){(binaryfunc)PyType_GetSlot(&PyLong_Type, slot),
                      (binaryfunc)PyType_GetSlot(&PyFloat_Type, slot)};
}

void
prepare_arithmetic(void)
{
    plus = slots_of(Py_nb_add);
    minus = slots_of(Py_nb_subtract);
    times = slots_of(Py_nb_multiply);
    over = slots_of(Py_nb_true_divide);
    whole = slots_of(Py_nb_floor_divide);
    rest = slots_of(Py_nb_remainder);
}

/* What the operator gives for two numbers; NULL, mostly without an error, for what the reference
must see: other types, and an integer that is beyond 64 bits. */
static inline PyObject *
calculated(Operator operator, PyObject *left, PyObject *right)
{
    if (PyLong_CheckExact(left) && PyLong_CheckExact(right)) {
        int overflow;
        PyObject *result = operator.integers(left, right);
        if (result == NULL || !PyLong_CheckExact(result)) { /* of `/` it is a double */
            return result;
        }
        PyLong_AsLongLongAndOverflow(result, &overflow);
        if (overflow) {
            Py_CLEAR(result);
        }
        return result;
    }
    return is_number(left) && is_number(right) ? operator.doubles(left, right) : NULL;
}

/* The result of an operator, or that of the reference. */
#define OR_REFER(result) ((result) != NULL || PyErr_Occurred() ? (result) : REFER())

#define ARITHMETIC(name, operator)                                                              \
    TWIN(name)                                                                                  \
    {                                                                                           \
        PyObject *result = GOT(2) ? calculated(operator, args[0], args[1]) : NULL;              \
        return OR_REFER(result);                                                                \
    }

ARITHMETIC(sub, minus)
ARITHMETIC(mul, times)

/* To divide by zero is an error of the workflow's. */
#define DIVISION(name, operator)                                                                \
    TWIN(name)                                                                                  \
    {                                                                                           \
        int divides = GOT(2) && is_number(args[1]) && PyObject_IsTrue(args[1]) == 1;            \
        PyObject *result = divides ? calculated(operator, args[0], args[1]) : NULL;             \
        return OR_REFER(result);                                                                \
    }

DIVISION(division, over)
DIVISION(floordiv, whole)
DIVISION(mod, rest)

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

/* -- Sums, of text too ----------------------------------------------------------------------- */

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
    return calculated(plus, left, right);
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
