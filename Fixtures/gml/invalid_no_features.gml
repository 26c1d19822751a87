<list xmlns="x"><item/></list>
