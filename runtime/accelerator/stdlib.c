/* Twins of the most used functions of the library: of lists, maps and numbers. */

#include "twins.h"

/* -- Maps and lists -------------------------------------------------------------------------- */

TWIN(keys)
{
    return GOT(1) && is_map(args[0]) ? PyDict_Keys(args[0]) : REFER();
}

TWIN(get)
{
    if (GOT(2) && is_map(args[0]) && is_text(args[1])) {
        PyObject *found = PyDict_GetItemWithError(args[0], args[1]);
        if (found != NULL || PyErr_Occurred()) {
            return Py_XNewRef(found);
        }
        Py_RETURN_NONE;
    }
    return REFER();
}

TWIN(concat)
{
    if (!GOT(2) || !is_list(args[0])) {
        return REFER();
    }
    PyObject *end = PyList_New(1), *made = NULL;
    if (end != NULL) {
        PyList_SetItem(end, 0, Py_NewRef(args[1]));
        made = PySequence_Concat(args[0], end); /* to append would move the copy once more */
        Py_DECREF(end);
    }
    return made;
}

/* -- Numbers --------------------------------------------------------------------------------- */

/* The greater or lesser of two integers, or of two doubles that differ; other pairs, such as 0.0
and -0.0, or NaN, are for the reference. */
static PyObject *
picked(PyObject *x, PyObject *y, int greater)
{
    long long a, b;
    if (is_integer(x, &a) && is_integer(y, &b)) {
        return Py_NewRef((greater ? a > b : a < b) ? x : y);
    }
    if (is_double(x) && is_double(y)) {
        double left = PyFloat_AsDouble(x), right = PyFloat_AsDouble(y);
        if (left > right || left < right) {
            return Py_NewRef((left > right) == greater ? x : y);
        }
    }
    return NULL;
}

TWIN(maximum)
{
    PyObject *result = GOT(2) ? picked(args[0], args[1], 1) : NULL;
    return result != NULL ? result : REFER();
}

TWIN(minimum)
{
    PyObject *result = GOT(2) ? picked(args[0], args[1], 0) : NULL;
    return result != NULL ? result : REFER();
}

/* -- The checks of stdlib/arguments.py: function, parameter, value --------------------------- */

TWIN(text)
{
    return GOT(3) && is_text(args[2]) ? Py_NewRef(args[2]) : REFER();
}

TWIN(integer)
{
    return GOT(3) && PyLong_CheckExact(args[2]) ? Py_NewRef(args[2]) : REFER();
}

TWIN(number)
{
    return GOT(3) && is_number(args[2]) ? Py_NewRef(args[2]) : REFER();
}
