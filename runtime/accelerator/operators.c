/* Twins of the other operators, and of small functions that ask for one type. */

#include "twins.h"

/* -- Comparison ------------------------------------------------------------------------------ */

static inline int
are_numbers(PyObject *left, PyObject *right)
{
    return is_number(left) && is_number(right);
}

/* An integer and a double are left to Python, which compares them exactly. */
#define ORDER(name, operator, code)                                                             \
    TWIN(name)                                                                                  \
    {                                                                                           \
        long long a, b;                                                                         \
        if (!GOT(2)) {                                                                          \
            return REFER();                                                                     \
        }                                                                                       \
        if (is_integer(args[0], &a) && is_integer(args[1], &b)) {                               \
            return PyBool_FromLong(a operator b);                                               \
        }                                                                                       \
        if (are_numbers(args[0], args[1]) || (is_text(args[0]) && is_text(args[1]))) {          \
            return PyObject_RichCompare(args[0], args[1], code);                                \
        }                                                                                       \
        return REFER();                                                                         \
    }

ORDER(lt, <, Py_LT)
ORDER(le, <=, Py_LE)
ORDER(gt, >, Py_GT)
ORDER(ge, >=, Py_GE)

/* Scalars of one type, or numbers: what Python's own `==` is right for. */
static int
are_comparable(PyObject *left, PyObject *right)
{
    if (is_text(left)) {
        return is_text(right);
    }
    return are_numbers(left, right) || (PyBool_Check(left) && PyBool_Check(right))
           || (left == Py_None && right == Py_None);
}

TWIN(equal)
{
    if (GOT(2) && are_comparable(args[0], args[1])) {
        return PyObject_RichCompare(args[0], args[1], Py_EQ);
    }
    return REFER();
}

TWIN(ne)
{
    if (GOT(2) && are_comparable(args[0], args[1])) {
        return PyObject_RichCompare(args[0], args[1], Py_NE);
    }
    return REFER();
}

TWIN(is_in)
{
    int found;
    if (GOT(2) && is_map(args[1]) && is_key(args[0])) {
        found = PyDict_Contains(args[1], args[0]);
    }
    else if (GOT(2) && is_list(args[1]) && is_text(args[0])) {
        found = PySequence_Contains(args[1], args[0]);
    }
    else {
        return REFER();
    }
    return found < 0 ? NULL : PyBool_FromLong(found);
}

TWIN(truth)
{
    if (GOT(1) && PyBool_Check(args[0])) {
        return Py_NewRef(args[0]);
    }
    return REFER();
}

/* -- Inside maps and lists ------------------------------------------------------------------- */

/* `base[index]`, borrowed; NULL without an error where the reference must say what is wrong. */
static PyObject *
inside(PyObject *base, PyObject *index)
{
    long long position;
    if (is_map(base)) {
        return is_key(index) ? PyDict_GetItemWithError(base, index) : NULL;
    }
    if (is_list(base) && is_integer(index, &position) && position >= 0
        && position < PyList_Size(base)) {
        return PyList_GetItem(base, (Py_ssize_t)position);
    }
    return NULL;
}

TWIN(item)
{
    if (GOT(2)) {
        PyObject *found = inside(args[0], args[1]);
        if (found != NULL || PyErr_Occurred()) {
            return Py_XNewRef(found);
        }
    }
    return REFER();
}

TWIN(put)
{
    long long position;
    if (count < 3 || names != NULL) {
        return REFER();
    }
    PyObject *base = args[0], *last = args[count - 2], *value = args[count - 1];
    for (Py_ssize_t i = 1; base != NULL && i < count - 2; i++) {
        base = inside(base, args[i]);
    }
    if (base == NULL) {
        return PyErr_Occurred() ? NULL : REFER();
    }
    if (is_map(base) && is_key(last)) {
        if (PyDict_SetItem(base, last, value) < 0) {
            return NULL;
        }
    }
    else if (is_list(base) && is_integer(last, &position) && position >= 0
             && position < PyList_Size(base)) {
        PyList_SetItem(base, (Py_ssize_t)position, Py_NewRef(value));
    }
    else {
        return REFER();
    }
    Py_RETURN_NONE;
}

TWIN(length)
{
    if (GOT(1) && (is_list(args[0]) || is_text(args[0]) || is_map(args[0]))) {
        return PyLong_FromSsize_t(PyObject_Size(args[0]));
    }
    return REFER();
}

/* -- One value ------------------------------------------------------------------------------- */

TWIN(default_)
{
    return GOT(2) ? Py_NewRef(args[args[0] == Py_None]) : REFER();
}

TWIN(key)
{
    return GOT(1) && is_key(args[0]) ? Py_NewRef(args[0]) : REFER();
}

TWIN(each)
{
    return GOT(1) && is_list(args[0]) ? Py_NewRef(args[0]) : REFER();
}
