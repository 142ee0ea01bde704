/** Stands for the pictures and style sheets that JupyterLab's packages import. */
export default '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
